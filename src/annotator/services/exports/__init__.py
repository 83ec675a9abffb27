"""Select, split, export and verify."""
