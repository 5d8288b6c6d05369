"""A bounded load test with locust, followed by the probes' view of the same minutes."""
