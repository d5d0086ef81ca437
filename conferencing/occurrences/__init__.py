"""The dates of conferences: what takes place when, and in which state."""
