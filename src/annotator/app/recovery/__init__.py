"""Keeping a project safe: due backups, restoring, repair, the test of its file, and a file that was moved."""
