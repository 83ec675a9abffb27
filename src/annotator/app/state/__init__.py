"""The state of the window: the workspace, the open document, filters and caches."""
