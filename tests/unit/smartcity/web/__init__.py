"""Drawings and words of the pages, without an application."""
