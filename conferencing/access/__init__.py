"""Who may see a conference, and who may change it."""
