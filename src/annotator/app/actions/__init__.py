"""Actions as data: the table, the key map, the command palette and the list of shortcuts."""
