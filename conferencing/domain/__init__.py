"""What conferencing decides without a database, a request or a clock: standard library only."""
