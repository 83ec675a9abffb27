"""Import files into a project."""
