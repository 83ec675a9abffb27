"""Printing of annotated articles: content, layout, and output to a printer or a PDF."""
