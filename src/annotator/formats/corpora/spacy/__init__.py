"""spaCy DocBin. The only package of formats that imports spaCy."""
