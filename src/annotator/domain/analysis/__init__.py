"""Pure computations: scores, intervals, near-duplicates, text comparison, track records."""
