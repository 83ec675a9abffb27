"""Formats that hold articles without annotations."""
