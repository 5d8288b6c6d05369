"""What people on call ask for, in Slack and in the terminal alike."""
