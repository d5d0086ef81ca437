"""Setting up on a machine that has nothing yet."""
