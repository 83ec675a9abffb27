"""The schema of a project file by version."""
