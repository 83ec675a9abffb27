"""Clauses: around the caret, the span of a content without its source and the words that attribute it.

For English; in other languages a clause is the part of the sentence between two punctuation marks. The rules use word
lists and no grammar: they cover the most frequent patterns of news.
"""

from itertools import pairwise
from typing import NamedTuple

import regex

from annotator.domain.spans import Span
from annotator.nlp.text.abbreviations import BEFORE_NAME, MAY_END
from annotator.nlp.text.characters import clamped, widened_to_characters
from annotator.nlp.text.sentences import sentence_at
from annotator.nlp.text.words import previous_word_start, words

CLAUSE_REACH = 400
"""Code points to either side of the caret; a longer clause is cut."""

SAYING = frozenset(
    """
    said says say saying told tells tell telling stated states stating announced announces announcing
    added adds adding noted notes noting claimed claims claiming alleged alleges alleging asserted asserts
    argued argues arguing insisted insists insisting maintained maintains contended contends believe believes believed
    think thinks thought expect expects expected predicted predicts predict forecast forecasts estimated
    estimates warned warns warning denied denies deny denying confirmed confirms confirming acknowledged
    acknowledges admitted admits conceded concedes vowed vows vow pledged pledges promised promises threatened
    threatens agreed suggested suggests suggesting indicated indicates indicating showed shows revealed
    reveals disclosed discloses reported reports reporting ruled rules found finds concluded concludes
    remarked remarks declared declares explained explains testified testifies speculated speculate fear
    fears feared hope hopes hoped doubt doubts wrote writes tweeted recalled recalls stressed stresses
    emphasized emphasised reiterated hinted signaled signalled cautioned cautions assured assures learned
    realized knows knew understood
    """.split()
)
"""Verbs that a content may follow, with or without "that"."""

BEFORE_BARE_CLAUSE = SAYING - frozenset(
    """
    tell tells telling states notes claims estimates forecast forecasts reports rules finds found promises
    fears hopes doubts doubt warning agreed learned understood knew knows realized
    """.split()
)
"""The words of SAYING that a content often follows without "that"."""

SAYING_NOUNS = frozenset(
    """
    claim claims statement statements report reports allegation allegations accusation accusations fear fears
    hope hopes warning warnings rumor rumors rumours suggestion suggestions belief idea fact possibility evidence
    signs sign conclusion assurance assurances likely possible clear unclear aware confident concerned
    convinced worried sure true unlikely doubt
    """.split()
)
"""Nouns and adjectives that a content with "that" completes."""

FRONTED = frozenset(
    """
    if unless although though while whereas when once because since as after before until whenever even despite
    """.split()
)
"""A clause that begins with one of these ends at its comma."""

SUBORDINATORS = frozenset({"although", "though", "whereas", "because"})
"""A new clause begins before one of these, also without a comma."""

COORDINATORS = frozenset({"and", "but", "or", "so", "yet"})
"""They are no part of a clause that they begin."""

RUMOUR = frozenset({"reportedly", "allegedly", "supposedly", "purportedly"})
"""A rumour follows these, where a verb follows."""

_NO_OBJECT = frozenset(
    """
    in at on by with of about from for during after before late early through via under over into as and or
    but when where who which how why if whether nothing so against
    """.split()
)
_BE = frozenset("is are was were be been being 's ’s 're ’re widely largely generally also".split())
_DETERMINERS = frozenset("the a an this that these those his her its their our my your some any".split())
_FINITE = frozenset(
    """
    is are was were am be been has have had do does did will would can could may might must shall should isn't
    aren't wasn't weren't hasn't haven't hadn't don't doesn't didn't won't wouldn't can't couldn't says it's that's
    he's she's they're we're i'm there's
    """.split()
)
_HEARERS = frozenset(
    """
    reporters journalists lawmakers parliament congress me us him her them you it people investors viewers
    supporters police officials prosecutors fans voters everyone councillors residents
    """.split()
)
_RELATIVE = frozenset({"who", "which", "whose", "where", "that", "citing"})
_BEFORE_ADJECTIVE = _DETERMINERS | _BE
_ARTICLES = frozenset({"the", "a", "an"})
_TELL_FORMS = frozenset({"told", "tells"})
_WITH_HEARER = _TELL_FORMS | {"assured", "warned", "promised"}
_ALSO_NOUNS = frozenset({"claims", "reports", "shows"})
_MAX_WORDS_TO_THAT = 10
_MAX_WORDS_OF_NAME = 4
_FIRST_IDEOGRAPH = "\u2e80"
_BEGINS_CLAUSE = COORDINATORS | _RELATIVE
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow".split())
_WORD = regex.compile(r"\w[\w\p{M}]*+(?:[-'’.]\w[\w\p{M}]*+)*+")
_MARK = regex.compile(
    r"""
      (?P<strong>[;；，]|[:：](?!\d|//)|\ -{1,2}\ |(?<=\w)--+(?=\w)|\ [–—]\ |(?<=[\p{L}\p{N}"”’])—(?=[\p{L}"“‘]))
    | (?P<bracket>[()\[\]{}（）【】])
    | (?P<quote>["“”„«»「」『』]|(?<!\w)‘|(?<![\p{L}\p{N}])'(?=\w))
    | (?P<comma>[,،](?!\d))
    """,
    regex.VERBOSE,
)
_CLOSING = {"“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", "『": "』", "‘": "’", "'": "'", '"': '"', "”": "”"}
_EDGE = " \t\u00a0\u202f\u2009\r\n\u2028\u2029,;:；：，、،–—-"
_OPENING = "([{（【"
_CLOSING_BRACKETS = ")]}）】"
_BRACKETS = _OPENING + _CLOSING_BRACKETS
_COORDINATOR = regex.compile(r"(?:and|but|or|so|yet)\s+(?=\S+\s+\S)")


class _Piece(NamedTuple):
    """A part of a sentence between two marks."""

    start: int
    end: int
    is_quoted: bool = False
    """A quotation that is a clause by itself."""
    is_fragment: bool = False
    """It is no clause by itself: an apposition, a place, an item of a list."""
    is_fronted: bool = False
    """A condition or a source at the beginning, always separated from the next piece by its comma."""
    names_source: bool = False
    """It names the source of the piece before it."""
    is_resumed: bool = False
    """It continues after an aside, and its subject stands before the aside."""


def clause_at(text: str, at: int) -> Span:
    """Return the clause that holds the code point ``at``, without stop, cue and source mention.

    A sentence of one clause is returned whole. A quotation keeps its marks. Empty only in a text without sentences.
    """
    at = clamped(text, at)
    sentence = sentence_at(text, at)
    if sentence.start == sentence.end:
        return sentence
    at = min(max(at, sentence.start), sentence.end - 1)
    window = _within_reach(text, sentence, at)
    pieces = _clauses(text, window)
    chosen = next((piece for piece in pieces if at < piece.end), pieces[-1])
    return _without_edges(text, chosen) or sentence


def next_clause(text: str, at: int) -> Span | None:
    """Return the first clause that starts at ``at`` or later, also in a later sentence; None where there is none."""
    for word in words(text, at):
        clause = clause_at(text, word.start)
        if clause.start >= at:
            return clause
    return None


def previous_clause(text: str, at: int) -> Span | None:
    """Return the last clause that ends at ``at`` or earlier, also in an earlier sentence; None where there is none."""
    place = clamped(text, at)
    while place > 0:
        place = previous_word_start(text, place)
        clause = clause_at(text, place)
        if clause and clause.end <= at:
            return clause
    return None


def _within_reach(text: str, sentence: Span, at: int) -> Span:
    """Return the part of a sentence within reach of ``at``, cut at spaces."""
    start, end = sentence
    if at - start > CLAUSE_REACH:
        start = text.find(" ", at - CLAUSE_REACH, at) + 1 or at - CLAUSE_REACH
    if end - at > CLAUSE_REACH:
        space = text.rfind(" ", at + 1, at + CLAUSE_REACH)
        end = space if space > at else at + CLAUSE_REACH
    return widened_to_characters(text, Span(start, end))


def _clauses(text: str, sentence: Span) -> list[Span]:
    """Return the clauses of a sentence, which cover it without gaps."""
    cuts: list[int] = []
    pieces = _joined(text, _pieces(text, sentence))
    for piece in pieces:
        cuts.append(piece.start)
        if not piece.is_quoted:
            cuts.extend(_cuts_inside(text, Span(piece.start, piece.end), piece.is_resumed))
    cuts.append(sentence.end)
    return [Span(start, end) for start, end in pairwise(cuts) if start < end]


def _words(text: str, part: tuple[int, ...]) -> tuple[list[int], list[str]]:
    """Return the starts and lower-case forms of the words in a part.

    Less exact than ``words`` for scripts without spaces, and five times as fast.
    """
    found = list(_WORD.finditer(text, part[0], part[1]))
    return [word.start() for word in found], [word.group().lower() for word in found]


def _is_aside(text: str, piece: _Piece) -> bool:
    """Return whether a piece stands between a subject and its verb."""
    found = _words(text, piece)[1]
    return not piece.is_quoted and (not found or found[0] in _RELATIVE or _FINITE.isdisjoint(found))


def _pieces(text: str, sentence: Span) -> list[_Piece]:
    """Return the parts of a sentence between the marks that may separate clauses."""
    return _PieceScanner(text, sentence).pieces()


class _PieceScanner:
    """Divides a sentence at its marks, from left to right."""

    def __init__(self, text: str, sentence: Span) -> None:
        self._text = text
        self._sentence = sentence
        self._pieces: list[_Piece] = []
        self._start = sentence.start
        """Where the current piece begins, which has no end yet."""

    def pieces(self) -> list[_Piece]:
        """Return the pieces, which cover the sentence without gaps."""
        at, end = self._sentence
        while (mark := _MARK.search(self._text, at, end)) is not None:
            if mark["quote"]:
                at = self._quotation(mark)
            else:
                at = mark.end()
                self._separator(mark)
        self._close(end)
        if self._start < end:
            self._pieces.append(_Piece(self._start, end))
        return self._pieces

    def _separator(self, mark: "regex.Match[str]") -> None:
        """Close the piece before a bracket, or after a comma, a dash and the like."""
        bracket = mark["bracket"]
        if bracket and bracket in _OPENING:
            self._close(mark.start())
            return
        self._close(mark.end(), is_inside=bool(bracket))
        if mark["strong"] and self._pieces:
            self._pieces[-1] = self._pieces[-1]._replace(is_fragment=False)

    def _quotation(self, mark: "regex.Match[str]") -> int:
        """Close the pieces before and in the quotation that begins with ``mark``; return where the scan continues."""
        text, sentence, start = self._text, self._sentence, mark.start()
        end = _quotation_end(text, start, sentence.end)
        if not end and start == sentence.start:
            # It continues in the next sentence, or began in one before.
            self._close(sentence.end, is_quoted=True)
            return sentence.end
        if not end and text[start] in '"”' and text[start - 1] in ",.?!…":
            # It began in a sentence before and ends here.
            self._pieces.clear()
            self._start = sentence.start
            self._close(mark.end(), is_quoted=True)
            return int(mark.end())
        if end and _is_direct(text, Span(start, end), sentence):
            self._close(start)
            self._start = start if self._pieces else min(self._start, start)
            self._close(end, is_quoted=True)
        return end or int(mark.end())

    def _close(self, end: int, *, is_quoted: bool = False, is_inside: bool = False) -> None:
        """End the current piece at ``end``; where it consists of marks only, it is joined to the piece before."""
        start = self._start
        if self._text[start:end].strip(_EDGE + _BRACKETS):
            if is_quoted:
                piece = _Piece(start, end, is_quoted=True)
            else:
                piece = _piece(self._text, Span(start, end), is_inside or start > self._sentence.start)
            self._pieces.append(piece)
            self._start = end
        elif self._pieces:
            self._pieces[-1] = self._pieces[-1]._replace(end=end)
            self._start = end


def _joined(text: str, pieces: list[_Piece]) -> list[_Piece]:
    """Return the pieces, with fragments joined to the pieces before and after them."""
    joined: list[_Piece] = []
    for index, plain in enumerate(pieces):
        last = joined[-1] if joined else None
        piece = plain._replace(is_resumed=index > 1 and _is_aside(text, pieces[index - 1]))
        is_separate = last and (last.is_quoted or piece.is_quoted or last.is_fronted or piece.names_source)
        if last and (piece.is_fragment or last.is_fragment) and not is_separate:
            joined[-1] = piece._replace(start=last.start)
        else:
            joined.append(piece)
    return joined


def _piece(text: str, span: Span, is_inside: bool) -> _Piece:
    """Return the piece in ``span`` with its properties; ``is_inside``: it does not begin the sentence."""
    found = _words(text, span)[1]
    piece = _Piece(*span)
    if not found:
        return piece._replace(is_fragment=True)
    if found[0] in FRONTED or found[:2] == ["according", "to"]:
        return piece._replace(is_fronted=True)
    if not SAYING.isdisjoint(found):
        return piece._replace(names_source=not _cuts_inside(text, span))
    is_clause = (
        found[0] in _BEGINS_CLAUSE
        or found[0] >= _FIRST_IDEOGRAPH
        or len(found) > (3 if is_inside else 2)
        or not _FINITE.isdisjoint(found)
    )
    return piece._replace(is_fragment=not is_clause)


def _quotation_end(text: str, at: int, limit: int) -> int:
    """Return where the quotation that opens at ``at`` ends, after its closing mark; 0 where it has none."""
    closing = _CLOSING.get(text[at], "")
    for place in range(at + 1, limit):
        if text[place] in closing and not (text[place] in "’'" and text[place + 1 : place + 2].isalnum()):
            return place + 1
    return 0


def _is_direct(text: str, quotation: Span, sentence: Span) -> bool:
    """Return whether a quotation is a clause by itself, not some words in quotation marks."""
    inside = text[quotation.start + 1 : quotation.end - 1].rstrip()
    before = text[sentence.start : quotation.start].rstrip()
    ends = inside[-1:] in (*",.?!…。，！？",) or text[quotation.end : quotation.end + 1] == ","
    begins = not before or before[-1] in ",:，："
    return (begins and (ends or inside.count(" ") >= 3)) or (ends and inside.count(" ") >= 4 and inside[:1].isupper())


def _cuts_inside(text: str, piece: Span, is_resumed: bool = False) -> list[int]:
    """Return where clauses begin in a part without separating marks: after a cue, before a subordinator.

    ``is_resumed``: the subject of a verb with which the part begins stands before the part.
    """
    starts, found = _words(text, piece)
    cuts: list[int] = []
    next_index = 0
    for index, word in enumerate(found[:-1]):
        if index < next_index:
            continue
        if word in SAYING or word in SAYING_NOUNS:
            target = _content_start(text, starts, found, index, is_resumed)
            if target:
                cuts.append(starts[target])
                next_index = target
        elif (first := _clause_start(found, index)) is not None:
            cuts.append(starts[first])
    return cuts


def _clause_start(found: list[str], index: int) -> int | None:
    """Return the first word of the clause that begins with the word at ``index``, which is no cue; None without one."""
    word = found[index]
    before = found[index - 1] if index else ""
    if word in SUBORDINATORS:
        # "The bridge closed (even) though nobody asked"; not "as though".
        if index > 1 and not (word == "though" and before == "as"):
            return index - 1 if before == "even" else index
    elif word == "according":
        # "The bridge is closed according to Reuter"
        if index and found[index + 1] == "to":
            return index
    elif word in RUMOUR and index and before not in _BEFORE_ADJECTIVE:
        # "The bridge reportedly closed"; not "the allegedly safe bridge".
        return index + 1
    return None


def _content_start(text: str, starts: list[int], found: list[str], index: int, is_resumed: bool) -> int:
    """Return the index of the first word of the content after the cue at ``index``; 0 where there is none."""
    that = _that_after(found, index)
    if that:
        return that + 1
    if not _may_precede_bare_clause(found, index, is_resumed):
        return 0
    following = index + 1
    if found[index] in _WITH_HEARER:
        following = _after_hearer(text, starts, found, following)
    following = _after_day(found, following)
    return 0 if following >= len(found) or found[following] in _NO_OBJECT else following


def _that_after(found: list[str], index: int) -> int:
    """Return the "that" after a cue, for a verb also with words between them; 0 where there is none.

    "The claim that C", "told reporters on Monday that C".
    """
    for ahead in range(index + 1, min(len(found) - 1, index + _MAX_WORDS_TO_THAT)):
        if found[ahead] == "that" and (ahead == index + 1 or found[index] in SAYING):
            return ahead
        if found[ahead] in SAYING:
            break
    return 0


def _may_precede_bare_clause(found: list[str], index: int, is_resumed: bool) -> bool:
    """Return whether a content without "that" may follow the word: not after "the claims", "is expected to".

    Nor where the word begins its part, as in "said the minister" after a quotation.
    """
    word = found[index]
    if word not in BEFORE_BARE_CLAUSE and word not in _TELL_FORMS:
        return False
    before = found[max(0, index - 2) : index]
    if not before and not is_resumed:
        return False
    if word in _ALSO_NOUNS and (found[index - 1] in _DETERMINERS or found[index - 1] == "to"):
        return False
    return not (found[index + 1] == "to" and not _BE.isdisjoint(before))


def _after_day(found: list[str], index: int) -> int:
    """Return the word after a day: "said on Monday"."""
    if found[index : index + 1] == ["on"] and found[index + 1 : index + 2]:
        index += found[index + 1] in _DAYS
    return index + 1 if index < len(found) and found[index] in _DAYS else index


def _after_hearer(text: str, starts: list[int], found: list[str], index: int) -> int:
    """Return the word after the hearer at ``index``: "told reporters", "told the Daily Courier"."""
    if found[index] in _HEARERS:
        return index + 1
    if found[index] in _ARTICLES:
        index += 1
    end = index
    while end < len(found) and end < index + _MAX_WORDS_OF_NAME and text[starts[end]].isupper():
        end += 1
    return end


def _without_edges(text: str, clause: Span) -> Span | None:
    """Return the clause without marks, brackets and a coordinator at its edges; None where nothing remains."""
    start, end = clause
    for _ in range(3):
        start += len(text[start:end]) - len(text[start:end].lstrip(_EDGE))
        end = start + len(text[start:end].rstrip(_EDGE))
        bare = start + len(text[start:end].rstrip(".…。"))
        if start < bare < end and not _is_part_of_word(text, bare + 1):
            end = bare
        inside = text[start:end]
        opened, closed = inside[:1] in _OPENING, inside[-1:] in _CLOSING_BRACKETS
        # A bracket is removed where its partner lies outside, or where the two enclose the clause.
        if inside and opened and _CLOSING_BRACKETS[_OPENING.index(inside[0])] not in inside[:-1]:
            start += 1
        if len(inside) > 1 and closed and _OPENING[_CLOSING_BRACKETS.index(inside[-1])] not in inside[1:]:
            end -= 1
    coordinator = _COORDINATOR.match(text, start, end)
    if coordinator is not None:
        start = coordinator.end()
    return widened_to_characters(text, Span(start, end)) if start < end else None


def _is_part_of_word(text: str, end: int) -> bool:
    """Return whether the point before ``end`` belongs to an initialism or an abbreviation."""
    for word in words(text, max(0, end - 16), end):
        form = word.of(text)
        if word.end == end or (word.end == end - 1 and form[0].isupper() and form.lower() in BEFORE_NAME | MAY_END):
            return True
    return False
