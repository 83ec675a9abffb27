"""Files on the disk: drafts, replacing files and folders, and which project files this process has open."""
