"""What will be done about it."""
