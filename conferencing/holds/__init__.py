"""Taken time: the rows that make double booking impossible."""
