"""Input that is made to take time."""
