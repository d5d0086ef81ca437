"""What the smart city shows on the home page, in the navigation and in the search."""
