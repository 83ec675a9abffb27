"""What views of the window share: their table, the base for those that load when shown, announcements and toasts."""
