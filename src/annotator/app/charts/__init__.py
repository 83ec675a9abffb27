"""Charts and their numbers."""
