"""`make status`, `make incidents` and the other words of people on call, in a terminal."""
