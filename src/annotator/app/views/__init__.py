"""What a view of the window is: the table of views and the base for views that load when shown."""
