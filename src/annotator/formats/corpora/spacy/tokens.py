"""spaCy's tokens of a text, for CoNLL and DocBin.

The user chooses the tokeniser: the rules of each document's own language, those of one language for all, or the
tokeniser of an installed pipeline, of which nothing else is loaded.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.domain.errors import ExportRefused
from annotator.domain.spans import Span
from annotator.formats.base import Choice
from annotator.formats.overlap_policy import Range

if TYPE_CHECKING:
    # A compiled module without type information.
    from spacy.language import Language
    from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]  # compiled, untyped
    from spacy.tokens import Doc

_ANY_LANGUAGE = "xx"
_MAX_RUN_LENGTH = 1000
_LONG_RUN = re.compile(rf"\S{{{_MAX_RUN_LENGTH + 1},}}")
_UNSPACED = re.compile(
    "[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u309f\u30a0-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff][\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u102b-\u103e\u17b4-\u17d3\u3099\u309a\u30fc\ufe00-\ufe0f\U000e0100-\U000e01ef]*"
)
"""A character, with its marks, of a script without spaces between words: it is a separate token."""


def pipelines() -> list[str]:
    """Return the names of spaCy's installed pipelines, without loading spaCy."""
    # Searching the installed packages takes long, so it is done only on request.
    metadata = import_module("importlib.metadata")
    return sorted({entry.name for entry in metadata.entry_points(group="spacy_models")})


def _suggested() -> list[tuple[str, str]]:
    return [("", "each document's language"), *((name, f"the pipeline {name}") for name in pipelines())]


TOKENISER = Choice("tokeniser", "Tokens by the rules of", suggested=_suggested)
"""Empty, a language as two or three letters, or the name of an installed pipeline."""


class Tokeniser:
    """Makes Docs that share one vocabulary.

    ``rules``: a value of ``TOKENISER``. Raise ExportRefused where the language or pipeline does not exist.
    """

    def __init__(self, rules: str = "") -> None:
        import spacy

        self._language = ""
        self._pipeline: Language | None = None
        name = rules.strip().removeprefix("blank:")
        if re.fullmatch("[a-z]{2,3}", name):
            self._language = _known_language(name)
        elif name:
            self._pipeline = _loaded(name)
        # The vocabulary without a language knows white space and the like, and nothing that depends on a language.
        self.vocab = (self._pipeline or spacy.blank(_ANY_LANGUAGE)).vocab
        self._by_language: dict[str, Tokenizer] = {}

    def doc(self, text: str, language: str, spans: Collection[Span] = ()) -> "Doc":
        """Return the Doc of a text in a language (a BCP 47 tag, or empty). ``doc.text`` equals ``text``.

        Tokens are split so that each of ``spans`` begins and ends at the edge of a token.
        """
        return self._doc_of(self.tokens(text, language, spans))

    def _doc_of(self, tokens: "Tokens") -> "Doc":
        from spacy.tokens import Doc

        return tokens.doc if tokens.doc is not None else Doc(self.vocab, words=tokens.words(), spaces=tokens.spaces)

    def sentence_starts(self, tokens: "Tokens") -> list[bool]:
        """Set for each token whether a sentence begins with it: after a full stop and the like, and after a line
        end.
        """
        from spacy.pipeline import Sentencizer

        doc = self._doc_of(tokens)
        Sentencizer()(doc)
        # 1 begins a sentence; -1 and 0 do not.
        starts = [value == 1 for value in doc.to_array("SENT_START").astype("int64").tolist()]
        for number, word in enumerate(tokens.words()[:-1]):
            if "\n" in word and word.isspace():
                starts[number + 1] = True
        return starts

    def tokens(self, text: str, language: str, spans: Collection[Span] = ()) -> "Tokens":
        """Return the tokens of a text as ``doc`` returns them, without making a Doc where none is needed."""
        tokeniser = self._tokeniser(language)
        pieces = _pieces(text)
        docs: list[Doc] = [tokeniser(text[start:end]) for start, end in pieces]
        starts: list[int] = []
        ends: list[int] = []
        spaces: list[bool] = []
        for (offset, _), doc in zip(pieces, docs, strict=True):
            # Token by token takes five times as long.
            places, lengths, spaced = doc.to_array(["IDX", "LENGTH", "SPACY"]).T.tolist() if len(doc) else ([], [], [])
            starts += [offset + place for place in places]
            ends += [offset + place + length for place, length in zip(places, lengths, strict=True)]
            spaces += map(bool, spaced)
        plain = Tokens(text, starts, ends, spaces, docs[0] if len(docs) == 1 else None)
        cuts = {edge for span in spans for edge in span}
        for found in _UNSPACED.finditer(text):
            cuts.update(found.span())
        first, last = {span.start for span in spans}, {span.end for span in spans}
        # White space after a token belongs to it in spaCy; where a span begins or ends with it, it must be a separate
        # token.
        on_space = {at for at in first if text[at : at + 1] == " "} | {
            at - 1 for at in last if text[at - 1 : at] == " "
        }
        inside = sorted(cuts.difference(starts, ends))
        return _split(plain, inside, on_space) if inside or on_space else plain

    def _tokeniser(self, language: str) -> "Tokenizer":
        if self._pipeline is not None:
            return self._pipeline.tokenizer
        name = self._language or language.replace("_", "-").split("-")[0].lower()
        if name not in self._by_language:
            self._by_language[name] = self._by_rules(name if re.fullmatch("[a-z]{2,3}", name) else _ANY_LANGUAGE)
        return self._by_language[name]

    def _by_rules(self, name: str) -> "Tokenizer":
        """Return the tokeniser by the rules of a language; where spaCy does not know it, by rules without a
        language.
        """
        from spacy.tokenizer import Tokenizer
        from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex, get_lang_class

        try:
            rules = get_lang_class(name).Defaults
        except ImportError:
            rules = get_lang_class(_ANY_LANGUAGE).Defaults
        # Not spacy.blank: its pipelines each have a vocabulary, and some languages need further packages.
        return Tokenizer(
            self.vocab,
            rules=rules.tokenizer_exceptions,
            prefix_search=compile_prefix_regex(rules.prefixes).search if rules.prefixes else None,
            suffix_search=compile_suffix_regex(rules.suffixes).search if rules.suffixes else None,
            infix_finditer=compile_infix_regex(rules.infixes).finditer if rules.infixes else None,
            token_match=rules.token_match,
            url_match=rules.url_match,
        )


def _known_language(name: str) -> str:
    from spacy.util import get_lang_class

    try:
        get_lang_class(name)
    except ImportError:
        raise ExportRefused(f"spaCy has no rules for the language “{name}”: give another, or none.") from None
    return name


def _loaded(name: str) -> "Language":
    """Return an installed pipeline without its components."""
    import spacy
    from spacy.util import get_model_meta

    known = pipelines()
    if name not in known:
        installed = f"installed: {', '.join(known)}" if known else "none is installed"
        raise ExportRefused(f"There is no pipeline “{name}” ({installed}): give one of them, or a language such as en.")
    try:
        folder = Path(str(import_module(name).__file__)).parent
        return spacy.load(name, exclude=get_model_meta(folder)["components"])
    except Exception as error:
        raise ExportRefused(
            f"The pipeline “{name}” cannot be loaded ({type(error).__name__}: {error}): choose another."
        ) from error


def _split(plain: "Tokens", cuts: Sequence[int], on_space: set[int]) -> "Tokens":
    """Return tokens cut at ``cuts``, in order; the spaces at ``on_space`` are tokens by themselves."""
    starts: list[int] = []
    ends: list[int] = []
    spaces: list[bool] = []
    for start, end, has_space in zip(plain.starts, plain.ends, plain.spaces, strict=True):
        inside = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
        starts += (start, *inside)
        ends += (*inside, end)
        spaces += [False] * len(inside)
        if has_space and end in on_space:
            starts.append(end)
            ends.append(end + 1)
            spaces += (False, False)
        else:
            spaces.append(has_space)
    return Tokens(plain.text, starts, ends, spaces)


def _pieces(text: str) -> list[Range]:
    """Return ``text`` in pieces that spaCy can split quickly: a run of thousands of brackets takes it minutes."""
    pieces: list[Range] = []
    start = 0
    for run in _LONG_RUN.finditer(text):
        while run.end() - start > _MAX_RUN_LENGTH:
            cut = max(start, run.start()) + _MAX_RUN_LENGTH
            if cut >= run.end():
                break
            # Between words rather than within one.
            for earlier in range(cut, cut - 100, -1):
                if not (text[earlier - 1].isalnum() and text[earlier].isalnum()):
                    cut = earlier
                    break
            pieces.append((start, cut))
            start = cut
    return [*pieces, (start, len(text))]


class Tokens:
    """Where the tokens of a text begin and end, in code points, and whether a space that is not a token follows.

    ``doc``: the Doc with exactly these tokens, where there is one.
    """

    def __init__(
        self, text: str, starts: list[int], ends: list[int], spaces: list[bool], doc: "Doc | None" = None
    ) -> None:
        self.text = text
        self.starts = starts
        self.ends = ends
        self.spaces = spaces
        self.doc = doc

    def __len__(self) -> int:
        return len(self.starts)

    def words(self) -> list[str]:
        """Return the words of the tokens."""
        text = self.text
        return [text[start:end] for start, end in zip(self.starts, self.ends, strict=True)]

    def range_of(self, span: Span) -> Range:
        """Return the tokens that ``span`` touches; an empty range where it touches none."""
        first = bisect_right(self.ends, span.start)
        return first, max(first, bisect_left(self.starts, span.end))

    def fit(self, span: Span, tokens: Range) -> bool:
        """Return whether the tokens lie completely within ``span``."""
        return span.start <= self.starts[tokens[0]] and self.ends[tokens[1] - 1] <= span.end

    def without_space(self, tokens: Range) -> Range:
        """Return ``tokens`` without white space at its edges; an empty range where nothing is left."""
        first, last = tokens
        while first < last and self.text[self.starts[first] : self.ends[first]].isspace():
            first += 1
        while last > first and self.text[self.starts[last - 1] : self.ends[last - 1]].isspace():
            last -= 1
        return first, last


def joined(ranges: Sequence[Range]) -> list[Range]:
    """Return ranges in order, without empty ones; those that share a token are joined."""
    found: list[Range] = []
    for start, end in ranges:
        if start >= end:
            continue
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
