"""What comes in and goes out: one file a format, one line in the registry."""
