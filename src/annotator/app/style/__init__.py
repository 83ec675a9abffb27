"""Colours, style sheets, icons, and how a label looks."""
