"""The list and the page of conferences."""
