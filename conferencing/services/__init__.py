"""What conferencing does: book, change, cancel, invite, convene, publish."""
