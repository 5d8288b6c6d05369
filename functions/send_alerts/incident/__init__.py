"""What it means, pure: an incident, its history, what people are notified of."""
