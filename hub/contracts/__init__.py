"""What the halves say to each other, and what a half is: neither is named here."""
