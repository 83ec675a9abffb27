"""Qt Designer forms of the dialogs, read with importlib.resources."""
