"""What the sites of one's area have not answered yet, and answering for many of them at once."""
