"""The Common Analysis System (CAS) of Apache UIMA, which XMI and JSON CAS serialise: typed feature structures, and one
or several texts (a Sofa each), with annotations that refer to them by UTF-16 units.

Sources: the UIMA reference (type systems, XMI), INCEpTION's user guide (custom layers, relation layers), DKPro Core
(``DocumentMetaData``, ``MetaDataStringField``).

INCEpTION opens what is written: statements are a custom layer whose ``label`` is a feature, so that labels of any name
are values and not types; the words of a cue and of a mentioned source are layers too; relations are a relation layer
with Governor and Dependent. A statement in fragments is an annotation for each, with the same ``uid``. Tokens and
sentences are not written, because INCEpTION makes them where a file has none.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from annotator.domain.records import FeatureRecord
from annotator.formats.wire import NAMES_BESIDE_SPAN, NUMBERS

SOFA = "uima.cas.Sofa"
ANNOTATION = "uima.tcas.Annotation"
DOCUMENT_ANNOTATION = "uima.tcas.DocumentAnnotation"
METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type"
DOCUMENT = f"{METADATA}.DocumentMetaData"
FIELD = f"{METADATA}.MetaDataStringField"
STATEMENT = "webanno.custom.Statement"
CUE = "webanno.custom.Cue"
MENTION = "webanno.custom.SourceMention"
RELATION = "webanno.custom.StatementRelation"
_STRING, _INTEGER = "uima.cas.String", "uima.cas.Integer"
_NUMBER, _FLAG = "uima.cas.Double", "uima.cas.Boolean"
FURTHER = "annotator.further"
"""The key of the field of a document that holds its further fields, as JSON."""
_OWN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*")
_KINDS = {"choice": _STRING, "text": _STRING, "link": _STRING, "flag": _FLAG, "number": _NUMBER}
_WHOLE = ("uima.cas.Byte", "uima.cas.Short", _INTEGER, "uima.cas.Long")


class Reference(NamedTuple):
    """A feature whose value is another feature structure, by its id."""

    id: str


@dataclass(slots=True)
class FeatureStructure:
    """A record of a CAS: its id in the file, the full name of its type, its features by name."""

    id: str
    type: str
    values: dict[str, Any]

    @property
    def short(self) -> str:
        """The name of the type without its package."""
        return self.type.rpartition(".")[2]


class TypeSystem:
    """The types of a CAS: the supertype of each, and the range of its features."""

    def __init__(self) -> None:
        self.types: dict[str, tuple[str, dict[str, str]]] = {}

    def add(self, name: str, above: str, features: Mapping[str, str]) -> None:
        """Add a type; one that is defined twice has the features of both, as UIMA merges them."""
        known = self.types.get(name, ("", {}))[1]
        self.types[name] = above, {**known, **features}

    def range_of(self, type: str, feature: str) -> str:
        """Return the range of a feature, which may be inherited; empty where it is unknown."""
        for above in self._line(type):
            if found := self.types[above][1].get(feature):
                return found
        return ""

    def is_text(self, range: str) -> bool:
        """Return whether a range is text: String itself, or a set of allowed values, which descends from it."""
        return range == _STRING or _STRING in (self.types[above][0] for above in self._line(range))

    def _line(self, type: str) -> Iterator[str]:
        seen: set[str] = set()
        while type in self.types and type not in seen:
            seen.add(type)
            yield type
            type = self.types[type][0]

    def value(self, type: str, feature: str, stated: str) -> Any:
        """Return a stated value in the form that the type requires; the words themselves where the type is unknown."""
        range = self.range_of(type, feature)
        if not range or self.is_text(range):
            return stated
        if range == _FLAG:
            return stated in ("true", "1")
        if range in _WHOLE or range in (_NUMBER, "uima.cas.Float"):
            try:
                return int(stated)
            except ValueError:
                pass
            try:
                number = float(stated)
            except ValueError:
                return stated
            return number if number - number == 0 else stated
        if re.fullmatch(r"\d+", stated):
            return Reference(stated)
        if re.fullmatch(r"\d+( \d+)+", stated) and range.endswith(("FSArray", "FSList")):
            return [Reference(one) for one in stated.split()]
        return stated


def own_types(features: Iterable[FeatureRecord] = ()) -> TypeSystem:
    """Return the types that are written.

    ``features``: those that the project defines, which become features of statements.
    """
    types = TypeSystem()
    types.add(DOCUMENT_ANNOTATION, ANNOTATION, {"language": _STRING})
    strings = ("documentTitle", "documentId", "documentUri", "collectionId", "documentBaseUri")
    types.add(DOCUMENT, DOCUMENT_ANNOTATION, dict.fromkeys(strings, _STRING) | {"isLastSegment": _FLAG})
    types.add(FIELD, ANNOTATION, {"key": _STRING, "value": _STRING})
    texts = ("reliability", "reliability_reason", "credibility_reason", "confidence", "source", "note", "features")
    made = ("annotator", "created_by", "created_at", "updated_at", "uid")
    others = [name for name in NAMES_BESIDE_SPAN if name not in ("cue", "mention", *texts, *made, *NUMBERS)]
    types.add(
        STATEMENT,
        ANNOTATION,
        {"label": _STRING}
        | dict.fromkeys(NUMBERS, _INTEGER)
        | dict.fromkeys((*texts, *made, *others), _STRING)
        | {name: _KINDS[feature.kind] for name, feature in typed_features(features).items()},
    )
    types.add(CUE, ANNOTATION, {"statement": _STRING})
    types.add(MENTION, ANNOTATION, {"statement": _STRING})
    ends = {"Governor": STATEMENT, "Dependent": STATEMENT}
    types.add(RELATION, ANNOTATION, ends | dict.fromkeys(("label", "note", "annotator", "uid"), _STRING))
    return types


_RESERVED = frozenset(("label", "start", "end", "begin", "sofa", "self", "type", "id", "xmiID", *NAMES_BESIDE_SPAN))


def typed_features(features: Iterable[FeatureRecord]) -> dict[str, FeatureRecord]:
    """Return the features that UIMA can hold as features: those with valid names."""
    return {
        feature.name: feature
        for feature in features
        if _OWN_NAME.fullmatch(feature.name) and feature.name not in _RESERVED
    }
