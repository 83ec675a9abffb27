"""The layers of WebAnno TSV that are written and recognised."""

from annotator.formats.corpora.webanno.rows import Layer
from annotator.formats.relations import BEYOND
from annotator.formats.wire import NAMES_BESIDE_SPAN, NUMBERS

ID = "webannotsv"
"""The id of the format."""
FORMAT_LINE = "#FORMAT=WebAnno TSV 3.3"

_FIRST = (
    "source", "reliability", "reliability_reason", "credibility", "probability", "confidence", "note", "features",
    "annotator", "created_by", "created_at", "updated_at",
)  # fmt: skip
"""The first columns, in the order of the first version; columns of later fields follow them."""
_FIELDS = (*_FIRST, *(name for name in NAMES_BESIDE_SPAN if name not in ("uid", "cue", "mention", *_FIRST)))
STATEMENT = Layer("webanno.custom.Statement", ("label", "uid", *_FIELDS, BEYOND), False)
CUE = Layer("webanno.custom.Cue", ("uid",), False)
MENTION = Layer("webanno.custom.SourceMention", ("uid",), False)
RELATION = Layer("webanno.custom.StatementRelation", ("kind", "note", "annotator", "uid"), True, STATEMENT.name)
LAYERS = (STATEMENT, CUE, MENTION, RELATION)
JSON_FIELDS = ("features", BEYOND, *NUMBERS)
