"""Decoding and parsing that several formats share."""
