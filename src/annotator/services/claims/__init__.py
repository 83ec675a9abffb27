"""Claims, attribution chains, corroboration and hypotheses."""
