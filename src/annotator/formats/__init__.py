"""Import and export formats: one module for each format, one line in the registry."""
