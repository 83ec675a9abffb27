"""People named in a text, and the public bodies and offices that make them official sources."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from annotator.nlp.rules.tokens import Range, TokenClass, Tokens
from annotator.nlp.rules.word_lists import union_of

_MAX_TOKENS_BEFORE_PRONOUN = 400
"""The most tokens between the name of a person and a pronoun that means this person."""
_MAX_TOKENS_OF_OFFICE = 6
"""Tokens after the comma of "Ada Reuter, the foreign minister" in which an office is searched for."""
_OFFICE_CLASSES = frozenset((TokenClass.DETERMINER, TokenClass.GENITIVE, TokenClass.NAME, TokenClass.WORD))
_INSTITUTION_LISTS = ("sources.institutions", "sources.proper_institutions")
_ENDS_APPOSITION = (",", "who", "said")


@dataclass(frozen=True, slots=True)
class Person:
    """A person where it is named."""

    name: str
    """The longest form in which the person was named so far."""
    at: int
    """The token with which the name begins."""
    gender: str
    """``female``, ``male``, or empty where unknown."""
    is_official: bool


class PublicBodies:
    """The public bodies and the public offices in one text. Mentions are ranges of tokens."""

    def __init__(self, tokens: Tokens) -> None:
        self._forms = tokens.forms
        self._classes = tokens.classes
        lists = tokens.lists
        self._official_names = lists["sources.official_names"]
        self._states = lists["sources.states"]
        self._institutions = union_of(lists, *_INSTITUTION_LISTS)
        self._heads = union_of(lists, *_INSTITUTION_LISTS, "sources.parts", "sources.states")
        self._private_bodies = union_of(lists, "sources.organisations", "sources.unofficial")
        self._offices = lists["sources.offices"]
        self._weak_offices = lists["sources.weak_offices"]
        self._past = lists["words.past"]

    def is_known_body(self, mention: Range) -> bool:
        """Return whether a mention holds the name of a body that speaks for one or several states."""
        whole = " ".join(self._forms[slice(*mention)])
        return any(name in whole for name in self._official_names)

    def names_body(self, mention: Range) -> bool:
        """Return whether a mention names a public body anywhere: "the ministry's spokesman"."""
        if self.is_known_body(mention):
            return True
        is_short = mention[1] - mention[0] <= 2
        return any(
            self._forms[at] in self._institutions
            or (is_short and self._forms[at] in self._states and self._classes[at] is TokenClass.NAME)
            for at in range(*mention)
        )

    def is_body(self, mention: Range, head: str) -> bool:
        """Return whether a mention that names a public body means this body: not "the government's critics"."""
        return head in self._heads or self.is_known_body(mention)

    def is_private_office(self, office: str, mention: Range) -> bool:
        """Return whether an office is not a public one: "the president of the club", "the chief executive"."""
        if not self._private_bodies.isdisjoint(self._forms[slice(*mention)]):
            return not self.is_known_body(mention)
        return office in self._weak_offices and not self.names_body(mention)

    def holds_office(self, mention: Range) -> bool:
        """Return whether a mention names an office of its person.

        "The provincial governor, Ali Demir,"; not "the governor's wife" nor "who was governor".
        """
        if not self._past.isdisjoint(self._forms[slice(*mention)]):
            return False
        return any(
            self._forms[at] in self._offices
            and self._classes[at + 1] is not TokenClass.GENITIVE
            and not self.is_private_office(self._forms[at], mention)
            for at in range(mention[0], mention[1] - 1)
        )


class People:
    """The people named in one text, each time they are named."""

    def __init__(self, tokens: Tokens, bodies: PublicBodies) -> None:
        self._tokens = tokens
        self._bodies = bodies
        self._forms = tokens.forms
        self._classes = tokens.classes
        lists = self._lists = tokens.lists
        self._titles = lists["sources.titles"]
        self._title_words = union_of(lists, "sources.titles", "sources.offices")
        self._courtesy_titles = lists["sources.courtesy"]
        self._first_names = union_of(lists, "sources.female_names", "sources.male_names")
        self._by_last_name: dict[str, Person] = {}
        self._people: list[Person] = []
        for start, end in self._names():
            person = self._person(start, end)
            if person is not None:
                self._by_last_name[self._forms[end - 1]] = person
                self._people.append(person)
        self._places = [person.at for person in self._people]

    def with_last_name(self, name: str) -> Person | None:
        """Return the person that was last named with ``name``, which is lower case; None where there is none."""
        return self._by_last_name.get(name)

    def last_before(self, at: int, gender: str) -> Person | None:
        """Return the last person of ``gender``, or of unknown gender, that is named shortly before token ``at``."""
        for index in range(bisect_left(self._places, at) - 1, -1, -1):
            person = self._people[index]
            if at - person.at > _MAX_TOKENS_BEFORE_PRONOUN:
                return None
            if person.gender in ("", gender):
                return person
        return None

    def _names(self) -> Iterator[Range]:
        """Yield the sequences of names within a sentence, with the title before them: "President Ada J. Reuter"."""
        forms, classes, titles = self._forms, self._classes, self._titles
        sentence_of = self._tokens.sentence_of
        # Reading a member of an enumeration is slow: not in these loops.
        name = TokenClass.NAME
        at, count = 0, len(forms)
        while at < count:
            if classes[at] is not name and not (forms[at] in titles and at + 1 < count and classes[at + 1] is name):
                at += 1
                continue
            start, sentence = at, sentence_of[at]
            at += 1
            while at < count and (classes[at] is name or forms[at] == ".") and sentence_of[at] == sentence:
                at += 1
            end = at
            while forms[end - 1] == ".":
                end -= 1
            yield start, end

    def _person(self, start: int, end: int) -> Person | None:
        """Return the person that a sequence of names means; None where nothing shows that it is a person."""
        forms = self._forms
        head, title, courtesy = self._after_titles(start, end)
        if head >= end:
            return None
        known = self._by_last_name.get(forms[end - 1])
        known_words = [] if known is None else known.name.lower().split()
        is_known = bool(known_words) and (end - head == 1 or forms[head] == known_words[0])
        if not (title or courtesy or forms[head] in self._first_names or is_known):
            return None
        is_short_form = end - head <= len(known_words)
        name = known.name if known is not None and is_short_form else self._tokens.words((head, end))
        is_former = not self._lists["sources.former"].isdisjoint(forms[max(0, start - 2) : start + 1])
        is_official = (bool(title) and not is_former) or self._holds_office_after(end)
        gender = self._gender(courtesy or title, forms[head])
        if known is not None:
            is_official, gender = is_official or known.is_official, gender or known.gender
        return Person(name, start, gender, is_official)

    def _after_titles(self, start: int, end: int) -> tuple[int, str, str]:
        """Return where the name begins after its titles, its last title ("President") and courtesy title ("Mrs")."""
        head, title, courtesy = start, "", ""
        for at in range(start, end):
            form = self._forms[at]
            if form in self._title_words:
                head, title = at + 1, form
            elif form in self._courtesy_titles:
                head, courtesy = at + 1, form
        while head < end and self._forms[head] == ".":
            head += 1
        return head, title, courtesy

    def _holds_office_after(self, end: int) -> bool:
        """Return whether a public office stands after a name: "Ada Reuter, the foreign minister"."""
        forms, lists = self._forms, self._lists
        if end + 1 >= len(forms) or forms[end] != ",":
            return False
        for at in range(end + 1, min(len(forms), end + 1 + _MAX_TOKENS_OF_OFFICE)):
            form = forms[at]
            if form in lists["sources.former"] or form in _ENDS_APPOSITION:
                return False
            if form in lists["sources.offices"]:
                is_private = self._bodies.is_private_office(form, (end + 1, min(len(forms), at + 6)))
                return not is_private and form not in lists["sources.spokespersons"]
            if self._classes[at] not in _OFFICE_CLASSES:
                return False
        return False

    def _gender(self, title: str, first_name: str) -> str:
        """Return the gender that a title or a first name shows; empty where they show none."""
        lists = self._lists
        if title in lists["sources.female"] or first_name in lists["sources.female_names"]:
            return "female"
        if title in lists["sources.male"] or first_name in lists["sources.male_names"]:
            return "male"
        return ""
