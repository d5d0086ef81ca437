"""Calendar feeds that calendar clients subscribe to."""
