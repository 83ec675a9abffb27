"""What pyld makes of ClaimReview without a network: the reviews expanded, by the terms of schema.org."""

import json
import sys
from pathlib import Path
from typing import Any

from pyld import jsonld

SCHEMA = "https://schema.org/"


def refuse(url: str, options: Any) -> dict[str, Any]:
    raise AssertionError(f"asked for {url}")


def value(node: dict[str, Any], term: str) -> Any:
    found = node.get(SCHEMA + term, [{}])[0]
    return found.get("@value", found.get("@id"))


page = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
expanded = jsonld.expand(page, {"documentLoader": refuse})
reviews = [node for node in expanded if SCHEMA + "ClaimReview" in node.get("@type", [])]
known = {key for node in reviews for key in node if not key.startswith("@")}
print(
    json.dumps(
        {
            "reviews": [
                {
                    "claim": value(node, "claimReviewed"),
                    "rating": value(node[SCHEMA + "reviewRating"][0], "ratingValue"),
                    "verdict": value(node[SCHEMA + "reviewRating"][0], "alternateName"),
                    "day": node[SCHEMA + "datePublished"][0],
                    "appearances": len(node[SCHEMA + "itemReviewed"][0].get(SCHEMA + "appearance", [])),
                }
                for node in reviews
            ],
            "foreign": sorted(key for key in known if not key.startswith(SCHEMA)),
            "triples": len(jsonld.to_rdf(page, {"documentLoader": refuse})["@default"]),
        }
    )
)
