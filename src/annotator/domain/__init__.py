"""The lowest layer: the terms of the field as types. No Qt, no session, no spaCy, no input or output."""
