"""The views of the window: one file a view."""
