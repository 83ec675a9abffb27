"""Sources: who a mention names, in which capacity, and whether on record; pronouns by the last fitting person."""

from bisect import bisect_left
from dataclasses import dataclass, replace

from annotator.nlp.rules.tokens import CONTENT_WORDS, NOUN_PHRASE_CLASSES, Range, TokenClass, Tokens

_NOUNS = (
    "offices",
    "titles",
    "institutions",
    "spokespersons",
    "officials",
    "unnamed",
    "vague",
    "experts",
    "witnesses",
    "documents",
    "media",
    "organisations",
)
_BESIDE = 4
_PRONOUN_REACH = 400
"""How many tokens before a pronoun a person may stand."""
_APPOSITION_CLASSES = frozenset((TokenClass.DETERMINER, TokenClass.GENITIVE, TokenClass.NAME, TokenClass.WORD))
_AFTER_HEAD = frozenset((TokenClass.PREPOSITION, TokenClass.QUESTION_WORD))


@dataclass(frozen=True, slots=True)
class Described:
    """What a source mention says of its source; ``form``, ``kind`` and ``record`` are choices of the features."""

    name: str
    form: str
    kind: str
    record: str

    @property
    def is_official(self) -> bool:
        """An office-holder, spokesperson, institution or document of a state, and on record."""
        return self.kind == "official" and self.record == "yes"


NOBODY = Described("", "implicit", "unknown", "unknown")


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    at: int
    gender: str
    is_official: bool


class Sources:
    """The sources of one text. Mentions have to be asked for in the order of the text."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._forms = tokens.forms
        self._classes = tokens.classes
        self._lists = tokens.lists
        self._nouns = frozenset().union(*(self._lists[f"sources.{name}"] for name in _NOUNS))
        self._plural = tuple(self._lists["endings.plural"])
        self._past = tuple(self._lists["endings.past"])
        self._holders: dict[str, _Person] = {}
        self._people: list[_Person] = []
        self._find_people()
        self._places = [person.at for person in self._people]
        self._last_institution = NOBODY
        self._last_group = NOBODY

    def describe(self, mention: Range | None) -> Described:
        """Who is named by a mention; NOBODY where there is none."""
        if mention is None:
            return NOBODY
        found = self._read(mention)
        if found.form not in ("pronoun",):
            if found.kind in ("official", "organisation", "media", "document") and found.form != "named":
                self._last_institution = found
            if found.form in ("collective", "unnamed"):
                self._last_group = found
        return found

    # --- people ---

    def _find_people(self) -> None:
        """Every name of a person, with the office that stands before or behind it."""
        forms, classes = self._forms, self._classes
        lists = self._lists
        titles, first_names = lists["sources.titles"], lists["sources.female_names"] | lists["sources.male_names"]
        courtesy = lists["sources.courtesy"]
        at, count = 0, len(forms)
        while at < count:
            titled = forms[at] in titles and at + 1 < count and classes[at + 1] is TokenClass.NAME
            if classes[at] is not TokenClass.NAME and not titled:
                at += 1
                continue
            start = at
            while at < count and (
                classes[at] is TokenClass.NAME
                or (forms[at] == "." and at > start)
                or (at == start and forms[at] in titles)
            ):
                if at > start and self._tokens.sentence_of[at] != self._tokens.sentence_of[start]:
                    break
                at += 1
            end = at
            while end > start and forms[end - 1] == ".":
                end -= 1
            self._person(start, end, titles, courtesy, first_names)
            at = max(at, start + 1)

    def _person(
        self, start: int, end: int, titles: frozenset[str], courtesy: frozenset[str], first_names: frozenset[str]
    ) -> None:
        forms = self._forms
        head = start
        title = ""
        polite = ""
        for at in range(start, end):
            if forms[at] in titles or forms[at] in self._lists["sources.offices"]:
                head, title = at + 1, forms[at]
            elif forms[at] in courtesy:
                head, polite = at + 1, forms[at]
        while head < end and forms[head] == ".":
            head += 1
        if head >= end:
            return
        last = forms[end - 1]
        known = self._holders.get(last)
        if not (
            title
            or polite
            or forms[head] in first_names
            or (known and (end - head == 1 or forms[head] == known.name.lower().split()[0]))
        ):
            return
        if known and end - head <= len(known.name.split()):
            name = known.name
        else:
            name = self._tokens.words((head, end))
        was = title and not self._lists["sources.former"].isdisjoint(forms[max(0, start - 2) : start + 1])
        official = bool(title and not was) or bool(known and known.is_official) or self._holds_office_behind(end)
        gender = self._gender(polite or title, forms[head]) or (known.gender if known else "")
        person = _Person(name, start, gender, official)
        self._holders[last] = person
        self._people.append(person)

    def _holds_office_behind(self, end: int) -> bool:
        """As in "Ada Reuter, the foreign minister"."""
        forms = self._forms
        if end + 1 >= len(forms) or forms[end] != ",":
            return False
        for at in range(end + 1, min(len(forms), end + 7)):
            if forms[at] in self._lists["sources.former"] or forms[at] in (",", "who", "said"):
                return False
            if forms[at] in self._lists["sources.offices"]:
                private = self._is_private_office(forms[at], (end + 1, min(len(forms), at + 6)))
                return not private and forms[at] not in self._lists["sources.spokespersons"]
            if self._classes[at] not in _APPOSITION_CLASSES:
                return False
        return False

    def _gender(self, title: str, first: str) -> str:
        lists = self._lists
        if title in lists["sources.female"] or first in lists["sources.female_names"]:
            return "female"
        if title in lists["sources.male"] or first in lists["sources.male_names"]:
            return "male"
        return ""

    # --- mentions ---

    def _read(self, mention: Range) -> Described:
        forms, lists = self._forms, self._lists
        first = forms[mention[0]]
        if (
            mention[1] - mention[0] == 1
            and first in lists["words.pronouns"] | lists["words.possessives"] | lists["words.relatives"]
        ):
            return self._of_pronoun(mention[0], first)
        words = [form for form in forms[mention[0] : mention[1]] if form not in (",", ".")]
        head = self._head(mention)
        name = self._named(mention)
        whole = " ".join(words)
        hidden = any(phrase in whole for phrase in lists["sources.anonymity"]) or self._hides_behind(mention)
        label = self._label(mention)
        if hidden:
            official = bool(set(words) & (lists["sources.offices"] | lists["sources.officials"]))
            return Described(label, "unnamed", "official" if official else "unknown", "no")
        person = self._holders.get(forms[name[1] - 1]) if name else None
        institution = self._institution(mention)
        if self._is_member(mention, head):
            return Described(label, "unnamed", "unknown", "unknown")
        if head in lists["sources.spokespersons"] or (name and set(words) & lists["sources.spokespersons"]):
            official = institution or not lists["sources.offices"].isdisjoint(
                set(words) - lists["sources.spokespersons"]
            )
            kind = "official" if official else "organisation" if len(words) > 2 else "unknown"
            return Described(
                person.name if person else label,
                "named" if person else "role only",
                kind,
                "yes" if kind != "unknown" else "unknown",
            )
        if person is not None:
            return self._of_person(person, mention, words)
        if head in lists["sources.officials"]:
            if set(words) & lists["sources.former"] and not set(words) & lists["sources.current"]:
                return Described(label, "role only", "individual", "unknown")
            return Described(label, "unnamed", "official", "unknown")
        if head in lists["sources.offices"] and not self._is_private_office(head, mention):
            if set(words) & lists["sources.former"]:
                return Described(label, "role only", "individual", "unknown")
            if name is not None and self._is_personal(name):
                return Described(label, "named", "official", "yes")
            if self._is_indefinite(mention):
                return Described(label, "unnamed", "official", "unknown")
            return Described(label, "role only", "official", "yes")
        if head in lists["sources.unnamed"]:
            return self._of_unnamed(mention, head, label)
        for kind, names in (("expert", "experts"), ("witness", "witnesses")):
            if head in lists[f"sources.{names}"]:
                return Described(
                    label,
                    "named" if name else self._common_form(mention, head),
                    kind,
                    "unknown" if not name else "yes",
                )
        if head in lists["sources.documents"]:
            issued = institution or not lists["sources.offices"].isdisjoint(words)
            return Described(label, "document", "official" if issued else "document", "yes" if issued else "unknown")
        if head in lists["sources.organisations"] and not self._is_known_body(mention):
            return Described(label, "named", "organisation", "yes")
        if institution and self._is_body(mention, head):
            return Described(label, "named" if name else "role only", "official", "yes")
        if head in lists["sources.media"] or set(words) & lists["sources.media"]:
            return Described(label, "named", "media", "yes")
        if head in lists["sources.vague"]:
            return Described(label, "collective", "unknown", "unknown")
        if name is not None:
            organisation = not lists["sources.organisations"].isdisjoint(words)
            kind = "individual" if self._is_personal(name) else "organisation" if organisation else "unknown"
            return Described(label, "named", kind, "yes")
        return Described(label, "collective" if head.endswith(self._plural) else "role only", "unknown", "unknown")

    def _hides_behind(self, mention: Range) -> bool:
        """Whether somebody who is not named asks for it in the rest of the sentence: ", asking not to be named"."""
        if not self._is_indefinite(mention):
            return False
        high = self._tokens.sentences[self._tokens.sentence_of[mention[0]]][1]
        rest = self._forms[mention[1] : high]
        whole, beside = " ".join(rest), " ".join(rest[:_BESIDE])
        return any(phrase in whole for phrase in self._lists["sources.requests"]) or any(
            phrase in beside for phrase in self._lists["sources.anonymity"]
        )

    def _of_unnamed(self, mention: Range, head: str, label: str) -> Described:
        """A source or insider; one of the others only where it is one of many: "a man", not "the man"."""
        if head in self._lists["sources.hidden"]:
            return Described(label, "unnamed", "unknown", "no")
        return Described(label, self._common_form(mention, head), "unknown", "unknown")

    def _common_form(self, mention: Range, head: str) -> str:
        if head in self._lists["sources.unnamed"] and self._is_indefinite(mention):
            return "unnamed"
        return "collective" if head.endswith(self._plural) and not head.endswith("ss") else "role only"

    def _is_member(self, mention: Range, head: str) -> bool:
        """As in "a member of the delegation", "one of the people": somebody out of a group."""
        first, lists = mention[0], self._lists
        if self._forms[first] not in lists["sources.indefinite"] or first + 1 >= mention[1]:
            return False
        if self._classes[first] is TokenClass.PRONOUN:
            return self._classes[first + 1] is TokenClass.PREPOSITION
        return self._forms[first + 1] in lists["words.of"] or head in lists["sources.members"]

    def _is_private_office(self, head: str, mention: Range) -> bool:
        """As in "the president of the club", "a rebel commander", "the chief executive"."""
        forms, lists = self._forms[slice(*mention)], self._lists
        if not (lists["sources.organisations"] | lists["sources.unofficial"]).isdisjoint(forms):
            return not self._is_known_body(mention)
        return head in lists["sources.weak_offices"] and not self._institution(mention)

    def _is_known_body(self, mention: Range) -> bool:
        """Whether a mention holds the name of a body that speaks for a state or for states."""
        whole = " ".join(self._forms[slice(*mention)])
        return any(name in whole for name in self._lists["sources.official_names"])

    def _is_body(self, mention: Range, head: str) -> bool:
        """Whether a mention with a body of a state in it means the body: not "the government's critics"."""
        lists = self._lists
        bodies = lists["sources.institutions"] | lists["sources.proper_institutions"] | lists["sources.parts"]
        return head in bodies | lists["sources.states"] or self._is_known_body(mention)

    def _holds_office(self, mention: Range) -> bool:
        """As in "the provincial governor, Ali Demir,"; not "the governor's wife" nor "who was governor"."""
        if not self._lists["words.past"].isdisjoint(self._forms[slice(*mention)]):
            return False
        return any(
            self._forms[at] in self._lists["sources.offices"]
            and self._classes[at + 1] is not TokenClass.GENITIVE
            and not self._is_private_office(self._forms[at], mention)
            for at in range(mention[0], mention[1] - 1)
        )

    def _of_person(self, person: _Person, mention: Range, words: list[str]) -> Described:
        if set(words) & self._lists["sources.former"]:
            return Described(person.name, "named", "individual", "yes")
        kind = (
            "official"
            if person.is_official or self._holds_office(mention)
            else "expert"
            if set(words) & self._lists["sources.experts"]
            else "individual"
        )
        return Described(person.name, "named", kind, "yes")

    def _of_pronoun(self, at: int, form: str) -> Described:
        lists = self._lists
        if form in lists["words.relatives"]:
            return self._of_relative(at)
        if form in lists["sources.vague"]:
            return Described(form, "collective", "unknown", "unknown")
        gender = "female" if form in lists["sources.female"] else "male" if form in lists["sources.male"] else ""
        if gender:
            person = self._last_person(at, gender)
            if person is not None:
                return Described(person.name, "pronoun", "official" if person.is_official else "individual", "yes")
            return Described("", "pronoun", "individual", "unknown")
        if form in lists["sources.neuter"]:
            return replace(self._last_institution, form="pronoun")
        if form in lists["sources.plural"]:
            return replace(self._last_group, form="pronoun")
        return Described("", "pronoun", "individual", "unknown")

    def _of_relative(self, at: int) -> Described:
        """The noun phrase before "who"."""
        end = at
        if end > 0 and self._forms[end - 1] == ",":
            end -= 1
        start = end
        while start > 0 and self._classes[start - 1] in NOUN_PHRASE_CLASSES:
            start -= 1
        if start == end:
            return Described("", "pronoun", "unknown", "unknown")
        found = self._read((start, end))
        return found if found.form == "unnamed" else replace(found, form="pronoun")

    def _last_person(self, at: int, gender: str) -> _Person | None:
        for index in range(bisect_left(self._places, at) - 1, -1, -1):
            person = self._people[index]
            if at - person.at > _PRONOUN_REACH:
                return None
            if person.gender in ("", gender):
                return person
        return None

    # --- parts of a mention ---

    def _head(self, mention: Range) -> str:
        """The noun that a mention is about: the last one before its first preposition, comma or relative."""
        classes, forms = self._classes, self._forms
        head = ""
        for at in range(*mention):
            if classes[at] in CONTENT_WORDS:
                if head in self._nouns and (
                    forms[at].endswith(self._past) or forms[at] in self._lists["sources.describing"]
                ):
                    # "A person briefed on the matter"
                    break
                head = forms[at]
            elif head and (
                classes[at] in _AFTER_HEAD
                or forms[at] in (",", "(", "—", "–")
                or classes[at] is TokenClass.COMPLEMENTIZER
            ):
                if forms[at] == "," and self._classes[at - 1] is TokenClass.NAME and at + 1 < mention[1]:
                    inner = self._head((at + 1, mention[1]))
                    return inner or head
                break
        return head or forms[mention[0]]

    def _named(self, mention: Range) -> Range | None:
        """The last run of names before the first comma."""
        found: Range | None = None
        for at in range(*mention):
            if self._classes[at] is TokenClass.NAME and self._forms[at] not in self._nouns:
                found = (found[0], at + 1) if found and found[1] == at else (at, at + 1)
            elif self._forms[at] == "," and found:
                break
        return found

    def _is_personal(self, name: Range) -> bool:
        lists = self._lists
        return any(
            form in lists["sources.female_names"]
            or form in lists["sources.male_names"]
            or form in lists["sources.courtesy"]
            for form in self._forms[name[0] : name[1]]
        )

    def _institution(self, mention: Range) -> bool:
        """Whether a body of a state stands in a mention."""
        forms, lists = self._forms, self._lists
        institutions, states = lists["sources.institutions"], lists["sources.states"]
        if self._is_known_body(mention):
            return True
        for at in range(*mention):
            form = forms[at]
            if form in institutions or form in lists["sources.proper_institutions"]:
                return True
            if form in states and mention[1] - mention[0] <= 2 and self._classes[at] is TokenClass.NAME:
                return True
        return False

    def _is_indefinite(self, mention: Range) -> bool:
        first = self._forms[mention[0]]
        return (
            first in self._lists["sources.indefinite"]
            or self._classes[mention[0]] is TokenClass.NUMBER
            or (self._classes[mention[0]] is TokenClass.WORD and first.endswith(self._plural))
        )

    def _label(self, mention: Range) -> str:
        """The words of a mention up to its first comma, for the registry."""
        end = mention[0]
        while end < mention[1] and self._forms[end] not in (",", "(", "—", "–"):
            end += 1
        return self._tokens.words((mention[0], max(end, mention[0] + 1)))
