"""Scales the worker service on the queue, without breaking a running job."""
