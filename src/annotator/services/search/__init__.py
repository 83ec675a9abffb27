"""Search, concordance, and annotating all occurrences."""
