"""The caret and the selection, moved by keys, and the mouse."""
