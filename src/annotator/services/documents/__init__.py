"""Document data, status, trash and versions."""
