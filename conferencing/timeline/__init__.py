"""Timeline, month and agenda."""
