"""The annotated article on paper: what is printed, how it is set, and where it goes (a printer or a PDF)."""
