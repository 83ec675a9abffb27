"""The id and the version of our lines of JSON, for the writer and the reader."""

ID = "jsonl"
"""The id of the format."""

VERSION = 1
