"""The document list, document properties, versions and bookmarks."""
