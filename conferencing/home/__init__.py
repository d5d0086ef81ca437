"""What conferencing shows on the home page."""
