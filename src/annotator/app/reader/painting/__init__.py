"""The painting of the marks of a page: behind the text, in the gutter, and at the edges of the active highlight."""
