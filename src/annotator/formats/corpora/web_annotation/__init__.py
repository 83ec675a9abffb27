"""W3C Web Annotation."""
