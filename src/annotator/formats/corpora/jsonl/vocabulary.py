"""What the writer and the reader of our lines of JSON share."""

ID = "jsonl"
"""The id of the format."""

VERSION = 1
