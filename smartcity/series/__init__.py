"""Series of observations and how they are drawn."""
