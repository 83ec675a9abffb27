"""The lowest layer: the terms of the application as types. No Qt, no session, no spaCy, no input or output."""
