"""The safety of a project: scheduled backups, restoring, repair, the test of its file, and moved files."""
