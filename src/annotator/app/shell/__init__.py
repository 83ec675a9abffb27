"""The main window: menus, docks, status bar, notifications, preferences."""
