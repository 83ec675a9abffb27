"""Suggest, train and evaluate."""
