"""Virtual rooms that a conference is held in."""
