"""Create, change and reshape annotations; the label set; bookmarks and citations."""
