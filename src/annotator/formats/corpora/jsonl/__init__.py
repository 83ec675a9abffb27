"""Our own JSON Lines."""
