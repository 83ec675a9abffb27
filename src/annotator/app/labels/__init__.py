"""The label set: legend, editor, merging, splitting, and the guideline."""
