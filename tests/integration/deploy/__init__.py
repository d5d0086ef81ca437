"""The files below deploy/, run as they are shipped."""
