"""The project file: open, lock, migrate, apply a change, ask, search, back up, check, repair."""
