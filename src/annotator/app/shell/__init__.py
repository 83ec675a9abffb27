"""The main window: menus, docks, status bar, welcome page, preferences."""
