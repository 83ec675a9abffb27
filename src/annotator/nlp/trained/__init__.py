"""The suggester that is trained on an analyst's own annotations: reading, learning, measuring, its files."""
