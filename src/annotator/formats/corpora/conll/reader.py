"""Tables of tokens and tags as any tagger writes them: CoNLL-2002 and 2003, WNUT, GermEval and related formats.

Columns are separated by tabs or spaces. The token is in the first column, or in the second where the first is a number;
the tags are in the last column, or in every column where all but the token are tags. Source: the format descriptions of
the CoNLL shared tasks 2002 and 2003, of GermEval 2014, and CoNLL-U for its comments.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from annotator.domain.errors import AnnotatorError, ImportRefused
from annotator.domain.spans import Span
from annotator.formats.base import Article, Incoming, IncomingAnnotation, Refusal
from annotator.formats.corpora.conll.detokenisation import text_of
from annotator.formats.corpora.conll.token_tags import OUTSIDE, TAG, chunks_of
from annotator.formats.native_fields import checked_text
from annotator.formats.reading.article_structure import structured
from annotator.formats.reading.decoding import binary_kind, checksum, lines_of

ID = "conll"
_DOCUMENT = re.compile(r"-DOCSTART-|#\s*new\s?doc\b")
_ID = re.compile(r"#\s*new\s?doc id\s*=\s*(\S.*)")
_COMMENT = re.compile(r"#(?=\s|$)")
_MARK = re.compile(r"\S*\b[BIESLU]-\S")
_MAX_CHARACTERS = 500_000
"""Maximum characters of a document: a file without document marks is split after the sentence that exceeds it."""

_SAMPLE_LINES = 200
"""Number of lines from which the columns of a file are determined."""


def read(path: Path) -> Iterator[Incoming]:
    """Yield the documents of a file with their annotations, and a refusal for each line that is not a token with a
    tag.
    """
    columns = _Columns(path)
    digest = checksum(path)
    document = _Document(path, digest, columns)
    is_empty = True
    for number, line in lines_of(path):
        if line is None:
            yield Refusal(f"line {number}", "The line is too long for a token.")
            continue
        line = line.rstrip("\r")
        if _DOCUMENT.match(line) or (not line.strip() and document.length > _MAX_CHARACTERS):
            yield from document.items()
            named = _ID.match(line)
            document = _Document(path, digest, columns, document.number + document.has_words, named[1] if named else "")
        elif not line.strip():
            document.end_sentence()
        elif not columns.is_comment(line):
            is_empty = False
            if reason := document.take(columns.split(line)):
                yield Refusal(f"line {number}", reason)
    yield from document.items()
    if is_empty:
        raise ImportRefused(f"“{path.name}” holds no tokens.")


class _Columns:
    """Which columns of a file hold the token and its tags."""

    def __init__(self, path: Path) -> None:
        rows = []
        for _, line in lines_of(path):
            if line and line.strip() and not _DOCUMENT.match(line) and not _COMMENT.match(line):
                rows.append(self.split(line))
            if len(rows) == _SAMPLE_LINES:
                break
        rows = [row for row in rows if len(row) > 1]
        width = min(map(len, rows), default=2)
        counts = width > 2 and all(row[0].isdecimal() for row in rows) and any(row[1].isalpha() for row in rows)
        self.token = 1 if counts else 0
        rest = range(self.token + 1, width)
        are_tags = [all(TAG.fullmatch(row[column]) for row in rows) for column in rest]
        self.tags = list(rest) if all(are_tags) else [-1]

    @staticmethod
    def split(line: str) -> list[str]:
        """Return the cells of a line."""
        return [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()

    @staticmethod
    def is_comment(line: str) -> bool:
        """Return whether a line is a comment on the sentence: ``#`` may also be a token, which then has a tag."""
        return bool(_COMMENT.match(line)) and not TAG.fullmatch(_Columns.split(line)[-1])


class _Document:
    """The sentences of a document, collected line by line."""

    def __init__(self, path: Path, digest: str, columns: _Columns, number: int = 1, name: str = "") -> None:
        self.number = number
        self.length = 0
        self._path, self._digest, self._columns = path, digest, columns
        self._name = name or f"{path.stem} {number}"
        self._sentences: list[list[str]] = []
        self._tags: list[list[Sequence[str]]] = []
        self._tokens: list[str] = []
        self._own: list[Sequence[str]] = []

    @property
    def has_words(self) -> bool:
        """Whether the document has a token so far."""
        return bool(self._sentences or self._tokens)

    def take(self, cells: Sequence[str]) -> str:
        """Add a line; return what is wrong with it. A token without a tag counts as outside."""
        columns = self._columns
        if len(cells) <= columns.token or not cells[columns.token]:
            return "It has no token."
        self._tokens.append(cells[columns.token])
        self.length += len(cells[columns.token]) + 1
        if len(cells) < columns.token + 2 or len(cells) <= max(columns.tags):
            self._own.append([OUTSIDE] * len(columns.tags))
            return "It has a token and no tag: the token counts as outside (O)."
        tags = [cells[column] for column in columns.tags]
        wrong = [tag for tag in tags if not TAG.fullmatch(tag)]
        self._own.append([OUTSIDE if tag in wrong else tag for tag in tags])
        return (
            f"“{wrong[0][:60]}” is not a tag such as B-claim, I-claim or O: the token counts as outside (O)."
            if wrong
            else ""
        )

    def end_sentence(self) -> None:
        """Begin another sentence."""
        if self._tokens:
            self._sentences.append(self._tokens)
            self._tags.append(self._own)
            self._tokens, self._own = [], []

    def items(self) -> Iterator[Incoming]:
        """Yield the article with its annotations; nothing where the document has no tokens."""
        self.end_sentence()
        if not self._sentences:
            return
        made, places = text_of(self._sentences)
        try:
            text, _ = checked_text(made)
        except AnnotatorError as error:
            yield Refusal(self._name, str(error))
            return
        annotations = []
        for tags, own in zip(self._tags, places, strict=True):
            for column in range(len(self._columns.tags)):
                for chunk in chunks_of([each[column] for each in tags]):
                    span = Span(own[chunk.first][0], own[chunk.last - 1][1])
                    annotations.append(IncomingAnnotation(chunk.type, (span,)))
        annotations.sort(key=lambda one: one.fragments)
        title, structure = structured(text, self._name)
        yield Article(
            title=title,
            text=text,
            structure=structure,
            annotations=tuple(annotations),
            origin_path=str(self._path),
            origin_format=ID,
            origin_sha256=self._digest,
            facts={"tokenised": True},
        )


def sniff(path: Path, head: bytes) -> bool:
    """Return whether every line at the beginning of a file is a token with a tag, or a separator of sentences."""
    if binary_kind(head) or b"\x00" in head:
        return False
    lines = head.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    # The last line may be incomplete.
    rows = [line for line in (lines[:-1] if len(lines) > 1 else lines) if line.strip()]
    if rows and rows[0].startswith("-DOCSTART-"):
        return True
    rows = [line for line in rows if not _Columns.is_comment(line)]
    cells = [_Columns.split(line) for line in rows]
    if len(rows) < 3 or any(len(row) < 2 or not TAG.fullmatch(row[-1]) for row in cells):
        return False
    is_table = len({len(row) for row in cells}) == 1
    return is_table and (any(_MARK.match(row[-1]) for row in cells) or path.suffix.lower() in (".conll", ".iob"))
