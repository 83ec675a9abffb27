"""What dkpro-cassis makes of a folder of UIMA, XMI or JSON CAS, and what its check of types says against it."""

import json
import sys
from pathlib import Path

import cassis

STATEMENT, RELATION = "webanno.custom.Statement", "webanno.custom.StatementRelation"
PARTS = {"cue": "webanno.custom.Cue", "mention": "webanno.custom.SourceMention"}

folder = Path(sys.argv[1])
cases = []
if (folder / "TypeSystem.xml").exists():
    types = cassis.load_typesystem(folder / "TypeSystem.xml")
    cases = [cassis.load_cas_from_xmi(path, typesystem=types) for path in sorted(folder.glob("*.xmi"))]
else:
    cases = [cassis.load_cas_from_json(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
seen = []
for cas in cases:
    statements = [
        {
            "uid": one.uid,
            "label": one.label,
            "covered": one.get_covered_text(),
            **{name: one.get(name) for name in ("reliability", "credibility", "probability", "confidence", "note")},
            **{
                name: [part.get_covered_text() for part in cas.select(type) if part.statement == one.uid]
                for name, type in PARTS.items()
            },
        }
        for one in cas.select(STATEMENT)
    ]
    (document,) = cas.select("de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData")
    seen.append(
        {
            "text": cas.sofa_string,
            "title": document.documentTitle,
            "language": document.language,
            "statements": statements,
            "relations": [[one.label, one.Governor.uid, one.Dependent.uid] for one in cas.select(RELATION)],
            "complaints": [str(error) for error in cas.typecheck()],
        }
    )
print(json.dumps(seen))
