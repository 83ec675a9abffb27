"""The annotations of the open document: inspector, table, and the commands that change their edges."""
