"""Suggestions: list, review commands, training and evaluation dialogs."""
