"""The life of an alert, and the pages on which people handle it."""
