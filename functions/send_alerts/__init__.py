"""Notifies people: one notification and one Slack thread per incident."""
