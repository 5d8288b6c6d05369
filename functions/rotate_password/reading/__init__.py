"""What arrives: the event, and the text of a version of the secret. Pure."""
