"""The reading view: text, highlights, gutter, minimap, find bar, and its commands."""
