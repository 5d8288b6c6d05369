"""Alerts on a very bad day: what is lost, what is shown twice, how many messages it takes."""
