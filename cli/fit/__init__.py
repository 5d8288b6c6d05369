"""`make fit`: does it fit? What an account says of an app before anything is deployed."""
