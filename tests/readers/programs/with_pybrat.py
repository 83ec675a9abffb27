"""What pybrat finds in a folder of brat: texts, spans with their words, and relations."""

import json
import sys
from pathlib import Path

from pybrat.parser import BratParser

seen = []
# Its errors are that two spans have the same place, which brat allows; a line that it cannot read is missed by number.
for example in BratParser(error="ignore").parse(sys.argv[1]):
    text = example.text if isinstance(example.text, str) else "".join(example.text)
    entities = [
        {
            "type": entity.type,
            "mention": entity.mention,
            "spans": [[span.start, span.end] for span in entity.spans],
            "covered": " ".join(text[span.start : span.end] for span in entity.spans),
        }
        for entity in example.entities
    ]
    relations = [[one.type, one.arg1.mention, one.arg2.mention] for one in example.relations]
    seen.append({"text": text, "entities": entities, "relations": relations, "name": Path(example.id or "").name})
print(json.dumps(seen))
