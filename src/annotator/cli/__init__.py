"""The command line: commands that call the services."""
