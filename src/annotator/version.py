"""The version of Annotator, which ``pyproject.toml`` states too."""

VERSION = "0.1.0"
