"""What two or more functions share, and the adapters that touch the outside world."""
