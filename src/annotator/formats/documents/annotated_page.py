"""The annotated articles as a page to read, print and pass on: one self-contained HTML file.

It has no scripts and no external references; its Content-Security-Policy makes the browser refuse both. Every
annotation has a tint, a separate line below the words in the colour and pattern of its label, and a number that links
to its description and back. The text is complete, with all its white space.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any, NamedTuple

import msgspec

from annotator.domain import grades
from annotator.domain.dates import local_day
from annotator.domain.records import AnnotationRecord, DocumentRecord, LabelRecord
from annotator.domain.spans import Span, quote_of
from annotator.domain.wording import counted
from annotator.formats.base import Corpus, Format, Written
from annotator.formats.facets import JUDGEMENTS, SOURCE_DATA, Facet
from annotator.formats.relations import RelationsByDocument, RelationWithUids

_PATTERNS = ("solid", "dashed", "dotted", "double")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LEFT_TO_RIGHT = re.compile("[A-Za-z\u00c0-\u02b8\u0370-\u058f]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_MAX_DEPTH = 12
"""Lines below one another; further overlaps share the last one."""

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--soft:#55565e;--rule:#c9cad2;--tint:22%}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8ec;--paper:#17181c;--soft:#a9abb6;--rule:#43454f;--tint:28%}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:46rem;color:var(--ink);background:var(--paper);
font:1.0625rem/1.6 Georgia,"Noto Serif","DejaVu Serif",serif}
h1,h2,h3,nav,.about,.legend,.notes{font-family:system-ui,"Noto Sans","DejaVu Sans",sans-serif}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .4rem}h2{font-size:1.35rem;line-height:1.3;margin:0 0 .3rem}
h3{font-size:1rem;margin:2rem 0 .6rem}
a{color:inherit}.about,.soft{color:var(--soft);font-size:.9rem}.about{margin:0 0 1.2rem}
nav{border-bottom:1px solid var(--rule);margin:1.2rem 0 2rem;padding-bottom:1.2rem}
nav h2{font-size:1rem}nav ol{margin:0;padding-inline-start:1.6rem}
article+article{border-top:1px solid var(--rule);margin-top:3rem;padding-top:2rem}
.legend{list-style:none;padding:0;margin:0 0 1.5rem;font-size:.9rem;display:flex;flex-wrap:wrap;gap:.3rem 1.2rem}
.text{white-space:pre-wrap;overflow-wrap:anywhere}
.title{font-weight:bold;font-size:1.35em;line-height:inherit}
.ref{font:.68em/1 system-ui,sans-serif;vertical-align:super;text-decoration:none;user-select:none;margin:0 .15em}
.notes ol{list-style:none;padding:0;margin:0}.notes li{margin:0 0 1.1rem;padding-inline-start:2.6rem;position:relative}
.notes .back{position:absolute;inset-inline-start:0;text-decoration:none;font-weight:600}
.notes dl{margin:.15rem 0 0;font-size:.9rem;display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem}
.notes dt{color:var(--soft)}.notes dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
blockquote{margin:.1rem 0;font-family:Georgia,"Noto Serif","DejaVu Serif",serif}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
:target{outline:2px solid currentColor;outline-offset:3px}
@media print{body{max-width:none;padding:0;font-size:11pt}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.notes li{break-inside:avoid}.back::after{content:none}}
@media (max-width:30rem){.notes dl{grid-template-columns:1fr}.notes dt{margin-top:.2rem}}
"""

# The tint is as high as the characters, however low the line below them is.
_LINE = (
    ".a{--d:0;padding-bottom:calc(.08em + var(--d)*.26em);border-bottom:.13em solid currentColor;"
    "background-clip:content-box;box-decoration-break:clone;-webkit-box-decoration-break:clone}\n"
    # Only the innermost tint is shown, so that words stay readable however many annotations overlap (contrast of 4.5 to
    # 1).
    ".a{--share:var(--tint)}.a:has(.a){--share:8%}.a:has(.a .a){--share:0%}"
)


def write(corpus: Corpus, path: Path) -> Written:
    """Write a page of all articles to ``path``."""
    page = _Page(corpus)
    contents: list[str] = []
    annotations = 0
    # The contents are above the articles, but are known only after these were written.
    with (
        TemporaryFile("w+", encoding="utf-8", newline="\n", dir=path.parent) as articles,
        open(path, "w", encoding="utf-8", newline="\n") as file,
    ):
        for document, own in corpus.documents:
            annotations += len(own)
            articles.write(page.article(document, own, len(contents) + 1))
            contents.append(_entry(document, len(own), len(contents) + 1))
        file.write(page.head())
        if len(contents) > 1:
            file.write(f'<nav aria-labelledby="contents">\n<h2 id="contents">Articles</h2>\n<ol>{"".join(contents)}')
            file.write("</ol>\n</nav>\n")
        file.write("<main>\n")
        articles.seek(0)
        copyfileobj(articles, file)
        file.write("</main>\n</body>\n</html>\n")
    return Written(len(contents), annotations, tuple(page.losses()))


class _Kind(NamedTuple):
    """The appearance of a label: a class of the style sheet, its initials, its name."""

    css: str
    initials: str
    name: str


class _Page:
    """One page while it is written."""

    def __init__(self, corpus: Corpus) -> None:
        self._title = corpus.title or "Annotated articles"
        self._labels = corpus.labels
        self._kinds = {label.name: _Kind(f"l{n}", label.initials, label.name) for n, label in enumerate(corpus.labels)}
        self._by_document = RelationsByDocument(corpus.relations)
        self._refs: dict[str, str] = {}
        """The element that describes each annotation, by uid."""

    def losses(self) -> list[str]:
        """Return a line for each loss."""
        return self._by_document.losses()

    def head(self) -> str:
        """Return everything before the first article."""
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
            "base-uri 'none'; form-action 'none'\">\n"
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="referrer" content="no-referrer">\n<meta name="generator" content="Annotator">\n'
            f"<title>{escape(self._title)}</title>\n<style>{_STYLE}{_label_styles(self._labels)}</style>\n"
            f"</head>\n<body>\n<header><h1>{escape(self._title)}</h1></header>\n"
        )

    def article(self, document: DocumentRecord, own: Sequence[AnnotationRecord], number: int) -> str:
        """Return an article with its legend, its text and the descriptions of its annotations."""
        prefix = f"d{number}"
        ordered = sorted(own, key=lambda one: (one.start, -one.end, one.id))
        for place, one in enumerate(ordered, 1):
            self._refs[one.uid] = f"{prefix}n{place}"
        within, beyond = self._by_document.of(own)
        language = f' lang="{document.language}"' if _LANGUAGE.fullmatch(document.language) else ""
        direction = document.direction or _direction_of(document.text)
        lanes = _lanes(ordered)
        line_height = f' style="line-height:{1.6 + 0.26 * (max(lanes.values(), default=-1) + 1):.2f}"'
        # Where the text begins with its title, the title is large enough.
        is_in_text = any(kind == "title" for kind, _ in document.structure)
        heading = f'<h2 id="{prefix}h"{" class=unseen" if is_in_text else ""}>{escape(document.title)}</h2>'
        parts = [
            f'<article id="{prefix}" aria-labelledby="{prefix}h">\n{heading}\n',
            _about(document),
            self._legend(ordered),
            f'<div class="text"{language} dir="{direction}"{line_height}>',
            "".join(self._text(document, ordered, lanes, prefix)),
            "</div>\n",
        ]
        if ordered:
            parts.append('<section class="notes">\n<h3>Annotations</h3>\n<ol>\n')
            parts += [
                self._note(one, place, prefix, document, [*within, *beyond]) for place, one in enumerate(ordered, 1)
            ]
            parts.append("</ol>\n</section>\n")
        parts.append("</article>\n")
        return "".join(parts)

    def _kind(self, label: str) -> _Kind:
        return self._kinds.get(label) or _Kind("", label[:1].upper(), label)

    def _legend(self, own: Sequence[AnnotationRecord]) -> str:
        counts = Counter(one.label for one in own)
        names = [name for name in self._kinds if name in counts] or sorted(counts)
        items = ""
        for kind in map(self._kind, names):
            shown = f'<span class="a {kind.css}">{escape(kind.name)}</span> {escape(kind.initials)}'
            items += f"<li>{shown}, {counts[kind.name]}</li>"
        return f'<ul class="legend" aria-label="Labels">{items}</ul>\n' if items else ""

    def _text(
        self, document: DocumentRecord, own: Sequence[AnnotationRecord], lanes: Mapping[str, int], prefix: str
    ) -> Iterator[str]:
        """Yield the text, cut where an annotation begins or ends."""
        text = document.text
        title = next((span for kind, span in document.structure if kind == "title"), None)
        begins: dict[int, list[int]] = {}
        ends: dict[int, list[int]] = {}
        for place, one in enumerate(own):
            for span in one.fragments:
                begins.setdefault(span.start, []).append(place)
                ends.setdefault(span.end, []).append(place)
        edges = sorted({0, len(text), *begins, *ends, *(title or ())})
        covering: set[int] = set()
        for at, until in zip(edges, [*edges[1:], len(text)], strict=True):
            for place in ends.get(at, ()):
                covering.discard(place)
                if own[place].end == at:
                    yield self._reference(own[place], place + 1, prefix)
            covering.update(begins.get(at, ()))
            words = escape(text[at:until], quote=False)
            if title is not None and title.start <= at < title.end:
                words = f'<span class="title">{words}</span>'
            for place in sorted(covering, key=lambda place: -lanes[own[place].uid]):
                lane = min(lanes[own[place].uid], _MAX_DEPTH)
                words = f'<span class="a {self._kind(own[place].label).css}" style="--d:{lane}">{words}</span>'
            yield words

    def _reference(self, annotation: AnnotationRecord, number: int, prefix: str) -> str:
        kind = self._kind(annotation.label)
        by = f" by {annotation.source}" if annotation.source else ""
        return (
            f'<a class="ref" id="{prefix}r{number}" href="#{prefix}n{number}" '
            f'aria-label="{escape(f"Annotation {number}, {kind.name}{by}")}">{escape(kind.initials)}{number}</a>'
        )

    def _note(
        self,
        one: AnnotationRecord,
        number: int,
        prefix: str,
        document: DocumentRecord,
        relations: Sequence[RelationWithUids],
    ) -> str:
        kind = self._kind(one.label)
        rows = "".join(
            f"<dt>{name}</dt><dd>{value}</dd>" for name, value in self._known(one, document, relations) if value
        )
        return (
            f'<li id="{prefix}n{number}"><a class="back" href="#{prefix}r{number}" '
            f'aria-label="Back to annotation {number} in the text">{escape(kind.initials)}{number}</a>'
            f'<span class="a {kind.css}">{escape(kind.name)}</span>'
            f"<blockquote>{escape(one.shown_quote, quote=False)}</blockquote><dl>{rows}</dl></li>\n"
        )

    def _known(
        self, one: AnnotationRecord, document: DocumentRecord, relations: Sequence[RelationWithUids]
    ) -> Iterator[tuple[str, str]]:
        """Yield the description of an annotation, in words."""

        def words(spans: Sequence[Span]) -> str:
            return escape(quote_of(document.text, spans), quote=False)

        yield "Source", escape(one.source, quote=False)
        yield "Source mention", words(one.mention)
        yield "Cue", words(one.cue)
        yield "Grade", escape(_graded(one), quote=False)
        yield "Reason", escape(one.reliability_reason, quote=False)
        yield "Reason of the credibility", escape(one.credibility_reason, quote=False)
        if one.probability is not None:
            yield "Probability", f"{one.probability}%, {grades.band_of(one.probability)}"
        yield "Confidence", one.confidence or ""
        yield "Note", escape(one.note, quote=False)
        for name, value in sorted(one.features.items()):
            yield escape(name), escape(_shown(value), quote=False)
        for related in relations:
            if one.uid in (related.from_uid, related.to_uid):
                yield "Relation", self._relation(related, one.uid)
        yield "Annotated by", escape(", ".join(filter(None, (one.annotator, local_day(one.updated_at)))), quote=False)

    def _relation(self, related: RelationWithUids, own: str) -> str:
        other = related.to_uid if related.from_uid == own else related.from_uid
        kind = escape(
            related.relation.kind if related.from_uid == own else f"{related.relation.kind} (from there)", quote=False
        )
        note = f": {escape(related.relation.note, quote=False)}" if related.relation.note else ""
        ref = self._refs[other]
        article, _, number = ref.partition("n")
        return f'{kind} <a href="#{ref}">annotation {number} of article {article[1:]}</a>{note}'


def _label_styles(labels: Sequence[LabelRecord]) -> str:
    """Return a tint, a colour and a pattern for each label; ``--d`` separates the lines of overlapping annotations."""
    rules = [_LINE]
    for number, label in enumerate(labels):
        color = label.color if _COLOR.fullmatch(label.color) else "#777777"
        pattern = _PATTERNS[number % len(_PATTERNS)]
        rules.append(
            f".l{number}{{border-bottom-color:{color};border-bottom-style:{pattern};"
            f"background-color:color-mix(in srgb,{color} var(--share),transparent)}}"
        )
    return "\n".join(rules) + "\n"


def _lanes(own: Sequence[AnnotationRecord]) -> dict[str, int]:
    """Return the line below the text for each annotation, such that overlapping ones have different lines."""
    lanes: dict[str, int] = {}
    free_from: list[int] = []
    for one in own:
        lane = next((lane for lane, end in enumerate(free_from) if end <= one.start), len(free_from))
        if lane == len(free_from):
            free_from.append(0)
        free_from[lane] = one.end
        lanes[one.uid] = lane
    return lanes


def _entry(document: DocumentRecord, annotations: int, number: int) -> str:
    """Return the line of an article in the contents."""
    parts = [part for part in (document.source, document.published_at[:10]) if part]
    parts.append(counted(annotations, "annotation"))
    about = escape(" · ".join(parts), quote=False)
    title = escape(document.title, quote=False)
    return f'<li><a href="#d{number}"><bdi>{title}</bdi></a> <span class="soft">{about}</span></li>\n'


def _about(document: DocumentRecord) -> str:
    """Return outlet, author, date and address of an article; the address is a link only where it is a web address."""
    parts = (document.source, document.author, document.published_at[:10])
    items = [escape(part, quote=False) for part in parts if part]
    address = document.address
    if address:
        is_web = address.lower().startswith(("http://", "https://"))
        shown = escape(address)
        items.append(f'<a href="{shown}" rel="noreferrer noopener">{shown}</a>' if is_web else shown)
    return f'<p class="about">{" · ".join(items)}</p>\n' if items else ""


def _graded(one: AnnotationRecord) -> str:
    if not one.score:
        return ""
    scales = ((grades.RELIABILITY, one.reliability), (grades.CREDIBILITY, str(one.credibility or "")))
    words = [grade.words for scale, code in scales for grade in scale if grade.code == code]
    return f"{one.score}: {', '.join(words)}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _direction_of(text: str) -> str:
    beginning = text[:2_000]
    is_reversed = len(_RIGHT_TO_LEFT.findall(beginning)) > len(_LEFT_TO_RIGHT.findall(beginning))
    return "rtl" if is_reversed else "ltr"


FORMAT = Format(
    id="page",
    name="Annotated page (HTML)",
    suffixes=(".html",),
    write=write,
    cannot_hold=(
        Facet.CREATORS,
        Facet.TIMES,
        Facet.UIDS,
        Facet.STATUSES,
        Facet.DOCUMENT_NOTES,
        Facet.FACTS,
        Facet.ORIGINS,
        Facet.VERSIONS,
        Facet.DOCUMENT_LETTERS,
        Facet.DOCUMENT_UIDS,
        Facet.BOOKMARKS,
        Facet.RELATION_MAKERS,
        *SOURCE_DATA,
        Facet.LABEL_KEYS,
        Facet.FEATURE_DEFINITIONS,
        *JUDGEMENTS,
    ),
    example="annotated.html",
)
