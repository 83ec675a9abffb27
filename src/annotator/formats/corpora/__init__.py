"""Formats that hold annotations."""
