"""The safety of a project: due backups, restoring, repair, the test of its file, and a file that was moved."""
