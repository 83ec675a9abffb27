"""TEI P5."""
