"""What could not be taken in: dead letters and unknown devices."""
