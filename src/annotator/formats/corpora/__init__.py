"""Formats that contain annotations."""
