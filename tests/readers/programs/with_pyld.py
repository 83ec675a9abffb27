"""What pyld makes of pages of Web Annotation: each expanded, and what of it are terms of the vocabulary.

The context of the W3C is not fetched: in its place stands a small one of the terms that are used, with what they mean
by the Web Annotation Vocabulary.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from pyld import jsonld

OA, AS = "http://www.w3.org/ns/oa#", "http://www.w3.org/ns/activitystreams#"
TYPED = {"@type": "@id"}
CONTEXT = {
    "oa": OA,
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "dctypes": "http://purl.org/dc/dcmitype/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "as": AS,
    "id": TYPED | {"@id": "@id"},
    "type": TYPED | {"@id": "@type"},
    **{name: f"oa:{name}" for name in ("Annotation", "SpecificResource", "TextualBody")},
    **{name: f"oa:{name}" for name in ("TextPositionSelector", "TextQuoteSelector")},
    **{name: f"oa:{name}" for name in ("tagging", "commenting", "linking")},
    "AnnotationPage": "as:OrderedCollectionPage",
    "Software": "as:Application",
    "Person": "foaf:Person",
    "Text": "dctypes:Text",
    "ltr": "oa:ltrDirection",
    "rtl": "oa:rtlDirection",
    "body": TYPED | {"@id": "oa:hasBody"},
    "target": TYPED | {"@id": "oa:hasTarget"},
    "source": TYPED | {"@id": "oa:hasSource"},
    "selector": TYPED | {"@id": "oa:hasSelector"},
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"},
    "purpose": {"@id": "oa:hasPurpose", "@type": "@vocab"},
    "textDirection": {"@id": "oa:textDirection", "@type": "@vocab"},
    "exact": "oa:exact",
    "prefix": "oa:prefix",
    "suffix": "oa:suffix",
    "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
    "end": {"@id": "oa:end", "@type": "xsd:nonNegativeInteger"},
    "created": {"@id": "dcterms:created", "@type": "xsd:dateTime"},
    "modified": {"@id": "dcterms:modified", "@type": "xsd:dateTime"},
    "creator": TYPED | {"@id": "dcterms:creator"},
    "name": "foaf:name",
    "value": "rdf:value",
    "format": "dc:format",
    "language": "dc:language",
    "items": TYPED | {"@id": "as:items", "@container": "@list"},
}


def load(url: str, options: Any) -> dict[str, Any]:
    assert url == "http://www.w3.org/ns/anno.jsonld", f"asked for {url}"
    return {"contextUrl": None, "documentUrl": url, "document": {"@context": CONTEXT}}


def nodes(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
        # What is inside a JSON literal is no node.
        for key, one in value.items():
            yield from nodes(one) if key != "@value" else ()
    elif isinstance(value, list):
        for one in value:
            yield from nodes(one)


pages = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
expanded = jsonld.expand(pages, {"documentLoader": load})
found = [node for node in nodes(expanded) if "@value" not in node]
ours = {key for node in found for key in node if key.startswith("urn:annotator:")}
texts = {node["@id"]: node for node in found if "http://purl.org/dc/dcmitype/Text" in node.get("@type", [])}
quotes = []
for node in found:
    if OA + "hasSelector" in node:
        text = texts[node[OA + "hasSource"][0]["@id"]][str(CONTEXT["rdf"]).rstrip("#") + "#value"][0]["@value"]
        position, quote = node[OA + "hasSelector"]
        start, end = (int(position[OA + name][0]["@value"]) for name in ("start", "end"))
        quotes.append([text[start:end], quote[OA + "exact"][0]["@value"]])
print(
    json.dumps(
        {
            "types": Counter(kind for node in found for kind in node.get("@type", [])),
            "quotes": quotes,
            "ours": sorted(ours),
            "relative": sorted({key for node in found for key in node if ":" not in key and not key.startswith("@")}),
            "triples": len(jsonld.to_rdf(pages, {"documentLoader": load})["@default"]),
        }
    )
)
