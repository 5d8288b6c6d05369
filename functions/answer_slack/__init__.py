"""Takes what people on call ask for, from Slack, and hands it over."""
