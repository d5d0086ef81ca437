"""Who did what, where and when; append-only."""
