"""The source registry, duplicates, merging and track records."""
