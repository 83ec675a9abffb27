"""What seqeval makes of CoNLL by its strict IOB2: the chunks of each column, and the column's score against itself."""

import json
import re
import sys
from pathlib import Path

from seqeval.metrics import f1_score
from seqeval.scheme import IOB2, Entities

blocks = [
    [line.split("\t") for line in block.splitlines()]
    for block in re.split(r"\n\n+", Path(sys.argv[1]).read_text(encoding="utf-8"))
    if block.strip() and not block.startswith("-DOCSTART-")
]
columns = []
for number in range(1, len(blocks[0][0])):
    tags = [[line[number] for line in block] for block in blocks]
    chunks = [
        (entity.tag, "".join(line[0] for line in block[entity.start : entity.end]))
        for block, entities in zip(blocks, Entities(tags, IOB2).entities, strict=True)
        for entity in entities
    ]
    columns.append({"chunks": chunks, "f1": float(f1_score(tags, tags, mode="strict", scheme=IOB2))})
print(json.dumps(columns))
