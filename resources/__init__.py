"""Icons, styles, the guideline and the sample project, read with importlib.resources."""
