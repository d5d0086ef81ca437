"""The shell every page shares: templates, macros, formats, states and built assets."""
