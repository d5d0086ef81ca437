"""What the first issue must show, against the real processes."""
