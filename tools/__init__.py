"""What make and CI use; nothing here is part of the product."""
