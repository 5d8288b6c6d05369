"""Scaling policies side by side in a simulated cluster."""
