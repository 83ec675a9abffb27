"""The text as a page: its layout, the places of its characters, and scrolling. It knows no highlights."""
