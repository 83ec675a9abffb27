"""Analysis of competing hypotheses."""
