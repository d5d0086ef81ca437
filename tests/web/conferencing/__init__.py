"""Tests of the pages of conferencing."""
