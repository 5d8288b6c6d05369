"""What AWS, Slack, Rails and Solid Queue really send, and what the product makes of it."""
