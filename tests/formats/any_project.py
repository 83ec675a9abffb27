"""Projects of any content: characters that some format gives a meaning to, names of any kind, spans anywhere."""

import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from itertools import chain
from typing import Any

from hypothesis import strategies as st

from annotator.domain.canonical_text import canonical, one_line
from annotator.domain.fixed_choices import CHAIN_ROLES, CONSISTENCIES, SOURCE_KINDS, STANCES, VERDICTS
from annotator.domain.labels import OKABE_ITO
from annotator.domain.records import LabelRecord
from annotator.domain.spans import Span
from annotator.formats.base import (
    Article,
    IncomingAnnotation,
    IncomingAssessment,
    IncomingBookmark,
    IncomingChainLink,
    IncomingClaim,
    IncomingEvidence,
    IncomingHypothesis,
    IncomingQuestion,
    IncomingRating,
    IncomingRelation,
    IncomingResolution,
    IncomingSource,
    IncomingStatement,
    Vocabulary,
)

# What some format gives a meaning to, or some reader takes for the end of a line or a word.
PIECES = (
    "said", "the port 🚢", "👨‍👩‍👧‍👦", "e\u0301", "\u0301", "الوزير", "𠮷野", "\u200f", "\ufeff", "\u200b", "\u00ad",
    " ", "  ", "\n", "\n\n", "\t", "\u00a0", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1f", "\x01", "\x7f",
    "\ufffe", "\uffff", "\ufffd", "\ue000", "\U0010ffff", "x" * 300,
    "|", "\\", "\\n", "\\t", ";", ",", "=", "=1+1", "'=1", "+1", "@a", "-", "#Text=", "#", "[", "]", "[1]", "_", "*",
    "%", "%41", "&", "&amp;", "&#10;", "<b>", "</b>", "<!--", "-->", "]]>", "<?x", "{", "}", '"', "'", "“", "”", "``",
    "$", "-DOCSTART-", "O", "B-claim", "T1\tclaim 0 4\tword", "1-1\t0-3", "null", "true", "12", "3.0", "1e5",
    "2026-03-04", "---", "# Title", "/", "..", "CON", ".", ":", "http://a.example/?b=c&d",
)  # fmt: skip
DAY, MOMENT, LATER = "2026-03-04", "2026-03-04T05:06:07Z", "2026-03-05T05:06:07Z"

_one_piece = st.sampled_from(PIECES) | st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
_words = st.lists(_one_piece, min_size=1, max_size=12).map(lambda pieces: "".join(pieces).replace("\0", ""))
lines = _words.map(lambda words: " ".join(words.split())[:60].strip()).filter(one_line)
"""Names: one line with something to see on it."""

notes = st.just("") | _words.map(lambda words: words.replace("\r", "").strip())
values = st.booleans() | st.integers(-5, 10**6) | lines | st.floats(allow_nan=False, allow_infinity=False, width=32)
texts = (
    st.lists(_words, min_size=1, max_size=3)
    .map(lambda many: canonical("".join(many).lstrip("\ufeff")))
    .filter(str.strip)
)
annotators = st.sampled_from(["", "bo", "Ms “Ø”; 2"]) | lines


@st.composite
def fragments(draw: st.DrawFn, length: int) -> tuple[Span, ...]:
    """One to three that do not touch."""
    edges = draw(st.lists(st.integers(0, length), min_size=2, max_size=6, unique=True).map(sorted))
    return tuple(Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def annotations(draw: st.DrawFn, text: str, labels: list[str], number: int) -> IncomingAnnotation:
    """One of a text, with every field that there is."""
    return IncomingAnnotation(
        draw(st.sampled_from(labels)),
        draw(fragments(len(text))),
        uid=f"a{number:031}",
        cue=draw(st.just(()) | fragments(len(text))),
        mention=draw(st.just(()) | fragments(len(text))),
        source=draw(st.just("") | lines),
        reliability=draw(st.sampled_from([None, *"ABCDEF"])),
        reliability_reason=draw(notes),
        credibility=draw(st.sampled_from([None, 1, 2, 3, 4, 5, 6])),
        credibility_reason=draw(notes),
        probability=draw(st.sampled_from([None, 0, 7, 100])),
        confidence=draw(st.sampled_from([None, "low", "moderate", "high"])),
        note=draw(notes),
        features=draw(st.dictionaries(lines, values, max_size=2)),
        annotator=draw(annotators),
        created_at=MOMENT,
        updated_at=LATER,
    )


@st.composite
def projects(draw: st.DrawFn, with_judgements: bool = False) -> list[Any]:
    """Labels, articles with annotations, relations; with ``with_judgements`` all else that a project holds."""
    more = draw(st.lists(lines, max_size=2, unique_by=lambda name: one_line(name).casefold().replace(" ", "_")))
    more = [name for name in more if one_line(name).casefold() not in {"claim", "speculation"}]
    names = ["claim", "speculation", *more]
    made: list[Any] = [Vocabulary(tuple(LabelRecord(0, name, "", OKABE_ITO[0], None, "", 0) for name in more))]
    number = 0
    for text in draw(st.lists(texts, min_size=1, max_size=3, unique=True)):
        found = [draw(annotations(text, names, number + place)) for place in range(draw(st.integers(0, 4)))]
        number += len(found)
        article = draw(_articles(text, f"d{len(made):031}"))
        if with_judgements:
            places = draw(st.lists(st.integers(0, len(text)), max_size=2, unique=True))
            marks = tuple(IncomingBookmark(place, draw(lines), f"b{place}{article.uid}"[:32]) for place in places)
            article = replace(article, bookmarks=marks, reliability_override=draw(st.sampled_from([None, "B"])))
        made.append(replace(article, annotations=tuple(found)))
    uids = [f"a{one:031}" for one in range(number)]
    for _ in range(draw(st.integers(0, 2)) if number > 1 else 0):
        one, other = draw(st.lists(st.sampled_from(uids), min_size=2, max_size=2, unique=True))
        made.append(IncomingRelation(draw(lines), one, other, note=draw(notes)))
    if with_judgements:
        made += draw(_judgements(uids))
    return made


@st.composite
def _articles(draw: st.DrawFn, text: str, uid: str) -> Article:
    return Article(
        title=draw(lines),
        text=text,
        uid=uid,
        source=draw(st.just("") | lines),
        author=draw(st.just("") | lines),
        published_at=draw(st.sampled_from(["", DAY])),
        language=draw(st.sampled_from(["", "en", "de"])),
        address=draw(st.sampled_from(["", "https://a.example/?b=c&d=“e”"])),
        note=draw(notes),
        status=draw(st.sampled_from(["new", "done"])),
        facts=draw(st.dictionaries(lines, values, max_size=2)),
        direction=draw(st.sampled_from(["", "rtl"])),
        origin_path="in/a.txt",
        origin_format="text",
        origin_sha256="0" * 64,
        imported_at=MOMENT,
    )


@st.composite
def _judgements(draw: st.DrawFn, uids: list[str]) -> list[Any]:
    """Sources and their assessments, chains, claims and a question."""
    name = draw(lines)
    made: list[Any] = [
        IncomingSource(name, draw(st.sampled_from(SOURCE_KINDS)), (draw(lines),), draw(notes), topics=(draw(lines),)),
        IncomingAssessment(name, DAY, draw(st.sampled_from("ABCDEF")), draw(lines), draw(notes), draw(annotators)),
    ]
    if not uids:
        return made
    some = st.lists(st.sampled_from(uids), max_size=3, unique=True)
    made += [
        IncomingChainLink(uid, draw(lines), draw(st.sampled_from(CHAIN_ROLES)), 0, True, draw(notes), "", MOMENT)
        for uid in draw(some)
    ]
    judged = IncomingResolution(DAY, draw(st.sampled_from(VERDICTS)), draw(notes), "https://a.example/", "", MOMENT)
    stated = tuple(IncomingStatement(uid, draw(st.sampled_from(STANCES)), "", MOMENT) for uid in draw(some))
    made.append(IncomingClaim(draw(lines), draw(lines), draw(notes), "", MOMENT, "c1", stated, (judged,)))
    weighed = draw(some)
    ratings = tuple(IncomingRating(0, uid, draw(st.sampled_from(CONSISTENCIES)), draw(notes)) for uid in weighed)
    made.append(
        IncomingQuestion(
            draw(lines),
            draw(notes),
            created_at=MOMENT,
            uid="q1",
            hypotheses=(IncomingHypothesis(draw(lines), draw(notes)), IncomingHypothesis(draw(lines), position=1)),
            evidence=tuple(IncomingEvidence(uid, draw(notes), place) for place, uid in enumerate(weighed)),
            ratings=ratings,
        )
    )
    return made


# ------------------------------------------------------------------------------- what a format reports as a loss


def without_controls(item: Any) -> Any:
    """``item`` without what XML cannot hold."""
    if isinstance(item, str):
        return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", "?", item)
    if isinstance(item, dict):
        return {without_controls(key): without_controls(value) for key, value in item.items()}
    if isinstance(item, tuple) and hasattr(item, "_fields"):
        return type(item)(*map(without_controls, item))
    if isinstance(item, tuple | list):
        return type(item)(map(without_controls, item))
    if is_dataclass(item) and not isinstance(item, type):
        return replace(item, **{one.name: without_controls(getattr(item, one.name)) for one in fields(item)})
    return item


def without_bars(item: Any) -> Any:
    """``item`` without ``|`` in labels."""
    if isinstance(item, Vocabulary):
        return Vocabulary(tuple(one._replace(name=one.name.replace("|", "/")) for one in item.labels))
    if isinstance(item, Article):
        found = (replace(one, label=one.label.replace("|", "/")) for one in item.annotations)
        return replace(item, annotations=tuple(found))
    return item


def without_space(item: Any) -> Any:
    """An article without white space at its beginning and at the ends of fragments; anything else as it is."""
    if not isinstance(item, Article):
        return item
    text = item.text.lstrip()
    gone = len(item.text) - len(text)

    def trimmed(spans: Iterable[Span]) -> tuple[Span, ...]:
        return tuple(chain.from_iterable(_trimmed(text, max(0, one.start - gone), one.end - gone) for one in spans))

    held = [
        replace(
            one, fragments=trimmed(one.fragments) or (Span(0, 1),), cue=trimmed(one.cue), mention=trimmed(one.mention)
        )
        for one in item.annotations
    ]
    return replace(item, text=text, annotations=tuple(held))


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    words = text[start : max(start, end)]
    start += len(words) - len(words.lstrip())
    return [Span(start, start + len(words.strip()))] if words.strip() else []
