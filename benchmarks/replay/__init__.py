"""Runs the policy again on logged ticks, with other parameters."""
