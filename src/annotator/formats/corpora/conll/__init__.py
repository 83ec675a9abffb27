"""CoNLL and other token tables."""
