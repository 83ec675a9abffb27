"""What is marked in a text: highlights, search hits, bookmarks and the active highlight. Nothing here paints."""
