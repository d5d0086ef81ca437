"""What is free, what clashes, and what else fits."""
