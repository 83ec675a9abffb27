"""Formats of articles without annotations."""
