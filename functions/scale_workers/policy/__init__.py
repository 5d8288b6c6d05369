"""The pure part: from a measurement to a decision, its reason and what people are notified of."""
