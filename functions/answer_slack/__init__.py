"""Hears what people on call want, from Slack, and hands it over."""
