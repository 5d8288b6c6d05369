"""Cold starts under Amazon's runtime interface emulator, and the size of what is deployed."""
