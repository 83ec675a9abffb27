"""Files on the disk: drafts, replacement of files and folders, and the project files that this process has open."""
