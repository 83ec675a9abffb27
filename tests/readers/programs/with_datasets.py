"""What ``datasets.load_dataset`` makes of a folder or a Parquet file: its splits, and their annotations."""

import json
import sys
from pathlib import Path

from datasets import load_dataset

path = Path(sys.argv[1])
loaded = load_dataset(str(path)) if path.is_dir() else load_dataset("parquet", data_files={"train": str(path)})
splits = {}
for name, rows in loaded.items():
    splits[name] = {
        "titles": [row["title"] for row in rows],
        "texts": [row["text"] for row in rows],
        "spans": [
            [row["text"][found["start"] : found["end"]], found["quote"], found["label"], found["fragments"]]
            for row in rows
            for found in row["annotations"]
        ],
    }
print(json.dumps(splits))
