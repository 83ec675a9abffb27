"""Project files: create, open, import, export and history."""
