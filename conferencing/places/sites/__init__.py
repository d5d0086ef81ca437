"""Conference sites: the rooms in offices from which people take part."""
