"""The roots: application, command, processes. Nothing imports this package."""
