"""Rules that turn observations into alerts."""
