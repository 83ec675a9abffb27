"""Search results, the concordance, and annotating all occurrences."""
