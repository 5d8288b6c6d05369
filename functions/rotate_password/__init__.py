"""Gives the database user a new password without losing a key of the secret."""
