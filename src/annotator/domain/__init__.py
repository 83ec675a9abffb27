"""The ground floor: the words of the field as types. No Qt, no session, no spaCy, no input or output."""
