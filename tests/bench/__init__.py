"""Benchmarks: each module offers ``measure() -> list[Row]``; run them by ``make bench``."""
