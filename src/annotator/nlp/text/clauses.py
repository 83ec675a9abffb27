"""Clauses by rules: with the caret in what is said, the span of what is said, without who says it and the saying words.

English only; elsewhere the part of the sentence between its punctuation marks. The rules are cheap and know no
grammar: they aim at the commonest patterns of news.
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
"""How many code points to either side of the caret a clause may reach."""

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
"""Verbs that what is said may follow, with or without "that"."""

BARE = SAYING - frozenset(
    """
    tell tells telling states notes claims estimates forecast forecasts reports rules finds found promises
    fears hopes doubts doubt warning agreed learned understood knew knows realized
    """.split()
)
"""Of these, those that what is said follows often enough without "that"."""

SAYING_NOUNS = frozenset(
    """
    claim claims statement statements report reports allegation allegations accusation accusations fear fears
    hope hopes warning warnings rumor rumors rumours suggestion suggestions belief idea fact possibility evidence
    signs sign conclusion assurance assurances likely possible clear unclear aware confident concerned
    convinced worried sure true unlikely doubt
    """.split()
)
"""Nouns and adjectives that a clause with "that" completes."""

FRONTED = frozenset(
    """
    if unless although though while whereas when once because since as after before until whenever even despite
    """.split()
)
"""With one of these at its head, a clause ends at its comma."""

CUTTING = frozenset({"although", "though", "whereas", "because"})
"""Before one of these a new clause begins, also without a comma."""

COORDINATORS = frozenset({"and", "but", "or", "so", "yet"})
"""Left out at the head of a clause after a comma."""

RUMOUR = frozenset({"reportedly", "allegedly", "supposedly", "purportedly"})
"""What is only heard follows these, where a verb does."""

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
_FIRST_IDEOGRAPH = "\u2e80"
_HEAVY = COORDINATORS | _RELATIVE
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
    """What stands between two marks."""

    start: int
    end: int
    quoted: bool = False
    """A quotation that is a clause by itself."""
    light: bool = False
    """Its marks part nothing: an apposition, a place, an item of a list."""
    fronted: bool = False
    """A condition or a source whose comma parts it from what follows, whatever that is."""
    tail: bool = False
    """Says who said what stands before it."""
    resumed: bool = False
    """Goes on with a subject that stands before an aside."""


def clause_at(text: str, at: int) -> Span:
    """The clause that holds ``at``, without stop, cue and source mention; the sentence where nothing is to part.

    A quotation keeps its marks. Empty only in a text without sentences.
    """
    at = clamped(text, at)
    sentence = sentence_at(text, at)
    if sentence.start == sentence.end:
        return sentence
    at = min(max(at, sentence.start), sentence.end - 1)
    window = _near(text, sentence, at)
    pieces = _clauses(text, window)
    chosen = next((piece for piece in pieces if at < piece.end), pieces[-1])
    return _polished(text, chosen) or sentence


def next_clause(text: str, at: int) -> Span | None:
    """The first clause that starts at ``at`` or after it, also in a later sentence; None behind the last one."""
    for word in words(text, at):
        clause = clause_at(text, word.start)
        if clause.start >= at:
            return clause
    return None


def previous_clause(text: str, at: int) -> Span | None:
    """The last clause that ends at ``at`` or before it, also in an earlier sentence; None before the first one."""
    place = clamped(text, at)
    while place > 0:
        place = previous_word_start(text, place)
        clause = clause_at(text, place)
        if clause and clause.end <= at:
            return clause
    return None


def _near(text: str, sentence: Span, at: int) -> Span:
    start, end = sentence
    if at - start > CLAUSE_REACH:
        start = text.find(" ", at - CLAUSE_REACH, at) + 1 or at - CLAUSE_REACH
    if end - at > CLAUSE_REACH:
        space = text.rfind(" ", at + 1, at + CLAUSE_REACH)
        end = space if space > at else at + CLAUSE_REACH
    return widened_to_characters(text, Span(start, end))


def _clauses(text: str, sentence: Span) -> list[Span]:
    """The sentence cut into clauses that touch."""
    cuts: list[int] = []
    pieces = _glued(text, _pieces(text, sentence))
    for piece in pieces:
        cuts.append(piece.start)
        if not piece.quoted:
            cuts.extend(_cuts_inside(text, Span(piece.start, piece.end), piece.resumed))
    cuts.append(sentence.end)
    return [Span(start, end) for start, end in pairwise(cuts) if start < end]


def _words(text: str, part: tuple[int, ...]) -> tuple[list[int], list[str]]:
    """Starts and lower-case forms of the words in a part; coarser than ``words`` and five times as quick."""
    found = list(_WORD.finditer(text, part[0], part[1]))
    return [word.start() for word in found], [word.group().lower() for word in found]


def _is_aside(text: str, piece: _Piece) -> bool:
    """Whether a piece stands between a subject and its verb."""
    found = _words(text, piece)[1]
    return not piece.quoted and (not found or found[0] in _RELATIVE or _FINITE.isdisjoint(found))


def _pieces(text: str, sentence: Span) -> list[_Piece]:
    """The parts between marks that may part clauses."""
    pieces: list[_Piece] = []
    begin, at = sentence.start, sentence.start

    def close(end: int, quoted: bool = False, inner: bool = False) -> None:
        nonlocal begin
        if text[begin:end].strip(_EDGE + _BRACKETS):
            span = Span(begin, end)
            kind = _Piece(begin, end, quoted=True) if quoted else _kind(text, span, inner or begin > sentence.start)
            pieces.append(kind)
            begin = end
        elif pieces:
            pieces[-1] = pieces[-1]._replace(end=end)
            begin = end

    while (mark := _MARK.search(text, at, sentence.end)) is not None:
        at = mark.end()
        if mark["quote"]:
            end = _quotation_end(text, mark.start(), sentence.end)
            if not end and mark.start() == sentence.start:
                # It goes on in the next sentence, or began in one before.
                close(sentence.end, quoted=True)
                break
            if not end and text[mark.start()] in '"”' and text[mark.start() - 1] in ",.?!…":
                pieces.clear()
                begin = sentence.start
                close(at, quoted=True)
                continue
            if end and _is_direct(text, Span(mark.start(), end), sentence):
                close(mark.start())
                begin = min(begin, mark.start()) if not pieces else mark.start()
                close(end, quoted=True)
            at = end or at
        elif mark["bracket"] and mark["bracket"] in _OPENING:
            close(mark.start())
        else:
            close(at, inner=bool(mark["bracket"]))
            if mark["strong"] and pieces:
                pieces[-1] = pieces[-1]._replace(light=False)
    close(sentence.end)
    if begin < sentence.end:
        pieces.append(_Piece(begin, sentence.end))
    return pieces


def _glued(text: str, pieces: list[_Piece]) -> list[_Piece]:
    """Light pieces joined with both neighbours."""
    joined: list[_Piece] = []
    for index, plain in enumerate(pieces):
        last = joined[-1] if joined else None
        piece = plain._replace(resumed=index > 1 and _is_aside(text, pieces[index - 1]))
        if last and (piece.light or last.light) and not (last.quoted or piece.quoted or last.fronted or piece.tail):
            joined[-1] = piece._replace(start=last.start)
        else:
            joined.append(piece)
    return joined


def _kind(text: str, span: Span, inner: bool) -> _Piece:
    found = _words(text, span)[1]
    piece = _Piece(*span)
    if not found:
        return piece._replace(light=True)
    if found[0] in FRONTED or found[:2] == ["according", "to"]:
        return piece._replace(fronted=True)
    if not SAYING.isdisjoint(found):
        return piece._replace(tail=not _cuts_inside(text, span))
    heavy = (
        found[0] in _HEAVY
        or found[0] >= _FIRST_IDEOGRAPH
        or len(found) > (3 if inner else 2)
        or not _FINITE.isdisjoint(found)
    )
    return piece._replace(light=not heavy)


def _quotation_end(text: str, at: int, limit: int) -> int:
    """Behind the mark that closes the quotation opened at ``at``; 0 where none does."""
    closing = _CLOSING.get(text[at], "")
    for place in range(at + 1, limit):
        if text[place] in closing and not (text[place] in "’'" and text[place + 1 : place + 2].isalnum()):
            return place + 1
    return 0


def _is_direct(text: str, quotation: Span, sentence: Span) -> bool:
    """Whether a quotation is a clause by itself, not some words in quotation marks."""
    inside = text[quotation.start + 1 : quotation.end - 1].rstrip()
    before = text[sentence.start : quotation.start].rstrip()
    ends = inside[-1:] in (*",.?!…。，！？",) or text[quotation.end : quotation.end + 1] == ","
    begins = not before or before[-1] in ",:，："
    return (begins and (ends or inside.count(" ") >= 3)) or (ends and inside.count(" ") >= 4 and inside[:1].isupper())


def _cuts_inside(text: str, piece: Span, resumed: bool = False) -> list[int]:
    """Where clauses begin in a part without parting marks: behind the cue, before a subordinator.

    ``resumed``: the subject of a verb at its head stands further to the left.
    """
    starts, found = _words(text, piece)
    cuts: list[int] = []
    skip = 0
    for index, word in enumerate(found):
        if index < skip or index == len(found) - 1:
            continue
        if word in CUTTING and index > 1 and not (word == "though" and found[index - 1] == "as"):
            cuts.append(starts[index - 1 if found[index - 1] == "even" else index])
        elif word == "according" and found[index + 1] == "to" and index > 0:
            cuts.append(starts[index])
        elif word in RUMOUR and index > 0 and found[index - 1] not in _DETERMINERS | _BE:
            cuts.append(starts[index + 1])
        elif word in SAYING or word in SAYING_NOUNS:
            target = _said_from(text, starts, found, index, resumed)
            if target:
                cuts.append(starts[target])
                skip = target
    return cuts


def _said_from(text: str, starts: list[int], found: list[str], index: int, resumed: bool) -> int:
    """The index of the first word of what is said with the cue at ``index``; 0 where nothing is."""
    last = min(len(found) - 1, index + 10)
    for ahead in range(index + 1, last):
        if found[ahead] == "that" and (ahead == index + 1 or found[index] in SAYING):
            return ahead + 1
        if found[ahead] in SAYING:
            break
    word = found[index]
    if word not in BARE and word not in {"told", "tells"}:
        return 0
    before = found[max(0, index - 2) : index]
    if (not before and not resumed) or (
        found[index - 1] in _DETERMINERS | {"to"} and word in {"claims", "reports", "shows"}
    ):
        return 0
    # "said the minister" after a quotation, and "are expected to rise": what is said does not stand behind.
    following = index + 1
    if found[following] == "to" and not _BE.isdisjoint(before):
        return 0
    if word in {"told", "tells", "assured", "warned", "promised"}:
        following = _behind_hearer(text, starts, found, following)
    if found[following : following + 1] == ["on"] and found[following + 1 : following + 2]:
        following += found[following + 1] in _DAYS
    if following < len(found) and found[following] in _DAYS:
        following += 1
    if following >= len(found) or found[following] in _NO_OBJECT:
        return 0
    return following


def _behind_hearer(text: str, starts: list[int], found: list[str], index: int) -> int:
    if found[index] in _HEARERS:
        return index + 1
    if found[index] in {"the", "a", "an"}:
        index += 1
    end = index
    while end < len(found) and end < index + 4 and text[starts[end]].isupper():
        end += 1
    return end


def _polished(text: str, clause: Span) -> Span | None:
    """Without the marks, the brackets and the coordinator at its edges, and without its stop; None without rest."""
    start, end = clause
    for _ in range(3):
        start += len(text[start:end]) - len(text[start:end].lstrip(_EDGE))
        end = start + len(text[start:end].rstrip(_EDGE))
        bare = start + len(text[start:end].rstrip(".…。"))
        if start < bare < end and not _is_part_of_word(text, bare + 1):
            end = bare
        inside = text[start:end]
        opened, closed = inside[:1] in _OPENING, inside[-1:] in _CLOSING_BRACKETS
        # A bracket goes where its partner lies outside, or where the two enclose the clause.
        if inside and opened and _CLOSING_BRACKETS[_OPENING.index(inside[0])] not in inside[:-1]:
            start += 1
        if len(inside) > 1 and closed and _OPENING[_CLOSING_BRACKETS.index(inside[-1])] not in inside[1:]:
            end -= 1
    coordinator = _COORDINATOR.match(text, start, end)
    if coordinator is not None:
        start = coordinator.end()
    return widened_to_characters(text, Span(start, end)) if start < end else None


def _is_part_of_word(text: str, end: int) -> bool:
    """Whether the point before ``end`` belongs to an initialism or an abbreviation."""
    for word in words(text, max(0, end - 16), end):
        form = word.of(text)
        if word.end == end or (word.end == end - 1 and form[0].isupper() and form.lower() in BEFORE_NAME | MAY_END):
            return True
    return False
