"""Colours, style sheets, icons, and the look of labels."""
