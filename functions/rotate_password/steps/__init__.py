"""The four steps of Secrets Manager, and the preparation of roles."""
