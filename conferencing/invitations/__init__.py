"""Letters, reminders and answers."""
