"""Sources: whom a mention names, in which role, and whether on record; a pronoun means the last person that fits."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from annotator.nlp.rules.people import People, Person, PublicBodies
from annotator.nlp.rules.tokens import CONTENT_WORDS, NOUN_PHRASE_CLASSES, Range, TokenClass, Tokens
from annotator.nlp.rules.word_lists import union_of

_LISTS_OF_NOUNS = (
    "sources.offices",
    "sources.titles",
    "sources.institutions",
    "sources.spokespersons",
    "sources.officials",
    "sources.unnamed",
    "sources.vague",
    "sources.experts",
    "sources.witnesses",
    "sources.documents",
    "sources.media",
    "sources.organisations",
)
_MAX_TOKENS_TO_ANONYMITY = 4
"""Tokens after a mention in which a phrase of anonymity is searched for."""
_SHORTEST_ORGANISATION = 3
"""Words of the shortest mention of a spokesperson that names an organisation."""
_BEFORE_ASIDE = (",", "(", "—", "–")
_AFTER_HEAD = frozenset((TokenClass.PREPOSITION, TokenClass.QUESTION_WORD, TokenClass.COMPLEMENTIZER))
_INSTITUTIONAL_KINDS = ("official", "organisation", "media", "document")


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """What a mention shows of its source; ``form``, ``kind`` and ``record`` are choices of the features."""

    name: str
    form: str
    kind: str
    record: str

    @property
    def is_official(self) -> bool:
        """Whether it is an office-holder, spokesperson, institution or document of a state, and on record."""
        return self.kind == "official" and self.record == "yes"


NO_SOURCE = SourceDescription("", "implicit", "unknown", "unknown")
"""The description of a content for which no source is named."""


@dataclass(frozen=True, slots=True)
class _Mention:
    """A mention with the facts by which the rules decide; all words are lower case."""

    range: Range
    words: list[str]
    """Without commas and stops."""
    head: str
    name: Range | None
    person: Person | None
    label: str
    """The text up to the first comma."""
    names_body: bool
    """Whether a public body is named in it."""

    def holds(self, words: frozenset[str]) -> bool:
        """Return whether one of ``words`` is in the mention."""
        return not words.isdisjoint(self.words)


class Sources:
    """The sources of one text. Mentions have to be described in the order of the text.

    The docstring of a rule consists of mentions to which it applies.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._forms = tokens.forms
        self._classes = tokens.classes
        lists = self._lists = tokens.lists
        self._nouns = union_of(lists, *_LISTS_OF_NOUNS)
        self._pronouns = union_of(lists, "words.pronouns", "words.possessives", "words.relatives")
        self._plural = tuple(lists["endings.plural"])
        self._past = tuple(lists["endings.past"])
        self._bodies = PublicBodies(tokens)
        self._people = People(tokens, self._bodies)
        self._last_institution = NO_SOURCE
        self._last_group = NO_SOURCE

    def describe(self, mention: Range | None) -> SourceDescription:
        """Return what a mention, a range of tokens, shows of its source; NO_SOURCE for None."""
        if mention is None:
            return NO_SOURCE
        found = self._describe(mention)
        if found.form != "pronoun":
            if found.kind in _INSTITUTIONAL_KINDS and found.form != "named":
                self._last_institution = found
            if found.form in ("collective", "unnamed"):
                self._last_group = found
        return found

    def _describe(self, mention: Range) -> SourceDescription:
        """Return what a mention shows of its source, by the first rule that applies."""
        first = self._forms[mention[0]]
        if mention[1] - mention[0] == 1 and first in self._pronouns:
            return self._pronoun(mention[0], first)
        facts = self._facts(mention)
        for rule in self._RULES:
            found = rule(self, facts)
            if found is not None:
                return found
        form = "collective" if facts.head.endswith(self._plural) else "role only"
        return SourceDescription(facts.label, form, "unknown", "unknown")

    def _facts(self, mention: Range) -> _Mention:
        """Return the facts of a mention by which the rules decide."""
        name = self._last_name(mention)
        return _Mention(
            range=mention,
            words=[form for form in self._forms[slice(*mention)] if form not in (",", ".")],
            head=self._head(mention),
            name=name,
            person=self._people.with_last_name(self._forms[name[1] - 1]) if name else None,
            label=self._label(mention),
            names_body=self._bodies.names_body(mention),
        )

    # --- the rules of the table ---

    def _anonymous(self, mention: _Mention) -> SourceDescription | None:
        """Return a source that is not to be named, as in "an official who asked not to be named"; else None."""
        whole = " ".join(mention.words)
        if not (
            any(phrase in whole for phrase in self._lists["sources.anonymity"]) or self._asks_for_anonymity(mention)
        ):
            return None
        is_official = mention.holds(union_of(self._lists, "sources.offices", "sources.officials"))
        return SourceDescription(mention.label, "unnamed", "official" if is_official else "unknown", "no")

    def _group_member(self, mention: _Mention) -> SourceDescription | None:
        """Return one of a group, as in "a member of the delegation", "one of the people"; else None."""
        first, lists = mention.range[0], self._lists
        if self._forms[first] not in lists["sources.indefinite"] or first + 1 >= mention.range[1]:
            return None
        if self._classes[first] is TokenClass.PRONOUN:
            is_member = self._classes[first + 1] is TokenClass.PREPOSITION
        else:
            is_member = self._forms[first + 1] in lists["words.of"] or mention.head in lists["sources.members"]
        return SourceDescription(mention.label, "unnamed", "unknown", "unknown") if is_member else None

    def _spokesperson(self, mention: _Mention) -> SourceDescription | None:
        """Return a spokesperson, as in "the ministry's spokesman", "Ada Reuter, a spokeswoman"; else None."""
        spokespersons = self._lists["sources.spokespersons"]
        if mention.head not in spokespersons and not (mention.name and mention.holds(spokespersons)):
            return None
        offices = self._lists["sources.offices"]
        if mention.names_body or any(word in offices and word not in spokespersons for word in mention.words):
            kind = "official"
        else:
            kind = "organisation" if len(mention.words) >= _SHORTEST_ORGANISATION else "unknown"
        name, form = (mention.person.name, "named") if mention.person else (mention.label, "role only")
        return SourceDescription(name, form, kind, "yes" if kind != "unknown" else "unknown")

    def _known_person(self, mention: _Mention) -> SourceDescription | None:
        """Return a person named in the text: "President Reuter", "Ada Reuter, an economist"; else None."""
        person = mention.person
        if person is None:
            return None
        if mention.holds(self._lists["sources.former"]):
            kind = "individual"
        elif person.is_official or self._bodies.holds_office(mention.range):
            kind = "official"
        else:
            kind = "expert" if mention.holds(self._lists["sources.experts"]) else "individual"
        return SourceDescription(person.name, "named", kind, "yes")

    def _officials(self, mention: _Mention) -> SourceDescription | None:
        """Return officials, as in "two officials", "former officials"; else None."""
        if mention.head not in self._lists["sources.officials"]:
            return None
        if mention.holds(self._lists["sources.former"]) and not mention.holds(self._lists["sources.current"]):
            return SourceDescription(mention.label, "role only", "individual", "unknown")
        return SourceDescription(mention.label, "unnamed", "official", "unknown")

    def _office_holder(self, mention: _Mention) -> SourceDescription | None:
        """Return an office-holder, as in "the foreign minister", "a minister", "the former minister"; else None."""
        if mention.head not in self._lists["sources.offices"]:
            return None
        if self._bodies.is_private_office(mention.head, mention.range):
            return None
        if mention.holds(self._lists["sources.former"]):
            return SourceDescription(mention.label, "role only", "individual", "unknown")
        if mention.name is not None and self._is_personal(mention.name):
            return SourceDescription(mention.label, "named", "official", "yes")
        if self._is_indefinite(mention.range):
            return SourceDescription(mention.label, "unnamed", "official", "unknown")
        return SourceDescription(mention.label, "role only", "official", "yes")

    def _unnamed_person(self, mention: _Mention) -> SourceDescription | None:
        """Return an unnamed person: "an insider", "a man", not "the man", who may have been named before; else None."""
        if mention.head not in self._lists["sources.unnamed"]:
            return None
        if mention.head in self._lists["sources.hidden"]:
            return SourceDescription(mention.label, "unnamed", "unknown", "no")
        return SourceDescription(mention.label, self._form_without_name(mention), "unknown", "unknown")

    def _expert_or_witness(self, mention: _Mention) -> SourceDescription | None:
        """Return an expert or a witness, as in "analysts", "an economist", "a bystander"; else None."""
        if mention.head in self._lists["sources.experts"]:
            kind = "expert"
        elif mention.head in self._lists["sources.witnesses"]:
            kind = "witness"
        else:
            return None
        form = "named" if mention.name else self._form_without_name(mention)
        return SourceDescription(mention.label, form, kind, "yes" if mention.name else "unknown")

    def _document(self, mention: _Mention) -> SourceDescription | None:
        """Return a document, as in "a report", "a report by the ministry"; else None."""
        if mention.head not in self._lists["sources.documents"]:
            return None
        is_official = mention.names_body or mention.holds(self._lists["sources.offices"])
        kind, record = ("official", "yes") if is_official else ("document", "unknown")
        return SourceDescription(mention.label, "document", kind, record)

    def _private_organisation(self, mention: _Mention) -> SourceDescription | None:
        """Return a private organisation, as in "the company", "the party"; else None."""
        if mention.head not in self._lists["sources.organisations"] or self._bodies.is_known_body(mention.range):
            return None
        return SourceDescription(mention.label, "named", "organisation", "yes")

    def _public_body(self, mention: _Mention) -> SourceDescription | None:
        """Return a public body, as in "the ministry", "the European Commission"; else None."""
        if not (mention.names_body and self._bodies.is_body(mention.range, mention.head)):
            return None
        return SourceDescription(mention.label, "named" if mention.name else "role only", "official", "yes")

    def _medium(self, mention: _Mention) -> SourceDescription | None:
        """Return a medium, as in "state television", "the Courier newspaper"; else None."""
        if mention.head not in self._lists["sources.media"] and not mention.holds(self._lists["sources.media"]):
            return None
        return SourceDescription(mention.label, "named", "media", "yes")

    def _vague_group(self, mention: _Mention) -> SourceDescription | None:
        """Return a vague group, as in "critics", "supporters"; else None."""
        if mention.head not in self._lists["sources.vague"]:
            return None
        return SourceDescription(mention.label, "collective", "unknown", "unknown")

    def _other_name(self, mention: _Mention) -> SourceDescription | None:
        """Return any other name, as in "Haldrum", "Haldrum Freight"; else None."""
        if mention.name is None:
            return None
        if self._is_personal(mention.name):
            kind = "individual"
        else:
            kind = "organisation" if mention.holds(self._lists["sources.organisations"]) else "unknown"
        return SourceDescription(mention.label, "named", kind, "yes")

    _RULES: ClassVar[tuple["Callable[[Sources, _Mention], SourceDescription | None]", ...]] = (
        _anonymous,
        _group_member,
        _spokesperson,
        _known_person,
        _officials,
        _office_holder,
        _unnamed_person,
        _expert_or_witness,
        _document,
        _private_organisation,
        _public_body,
        _medium,
        _vague_group,
        _other_name,
    )
    """The first rule that applies decides."""

    # --- pronouns ---

    def _pronoun(self, at: int, form: str) -> SourceDescription:
        """Return what a pronoun means: "she" the last woman, "it" the last institution, "they" the last group."""
        lists = self._lists
        if form in lists["words.relatives"]:
            return self._relative(at)
        if form in lists["sources.vague"]:
            return SourceDescription(form, "collective", "unknown", "unknown")
        gender = "female" if form in lists["sources.female"] else "male" if form in lists["sources.male"] else ""
        if gender:
            person = self._people.last_before(at, gender)
            if person is None:
                return SourceDescription("", "pronoun", "individual", "unknown")
            return SourceDescription(person.name, "pronoun", "official" if person.is_official else "individual", "yes")
        if form in lists["sources.neuter"]:
            return replace(self._last_institution, form="pronoun")
        if form in lists["sources.plural"]:
            return replace(self._last_group, form="pronoun")
        return SourceDescription("", "pronoun", "individual", "unknown")

    def _relative(self, at: int) -> SourceDescription:
        """Return what the relative pronoun at ``at`` means: the noun phrase before it, as in "the officials, who"."""
        end = at
        if end > 0 and self._forms[end - 1] == ",":
            end -= 1
        start = end
        while start > 0 and self._classes[start - 1] in NOUN_PHRASE_CLASSES:
            start -= 1
        if start == end:
            return SourceDescription("", "pronoun", "unknown", "unknown")
        found = self._describe((start, end))
        return found if found.form == "unnamed" else replace(found, form="pronoun")

    # --- parts of a mention ---

    def _asks_for_anonymity(self, mention: _Mention) -> bool:
        """Return whether the rest of the sentence asks for anonymity: "a man said, asking not to be named"."""
        if not self._is_indefinite(mention.range):
            return False
        sentence_end = self._tokens.sentences[self._tokens.sentence_of[mention.range[0]]][1]
        rest = self._forms[mention.range[1] : sentence_end]
        whole, beside = " ".join(rest), " ".join(rest[:_MAX_TOKENS_TO_ANONYMITY])
        return any(phrase in whole for phrase in self._lists["sources.requests"]) or any(
            phrase in beside for phrase in self._lists["sources.anonymity"]
        )

    def _form_without_name(self, mention: _Mention) -> str:
        """Return the form of a mention by a common noun: unnamed, collective or role only."""
        head = mention.head
        if head in self._lists["sources.unnamed"] and self._is_indefinite(mention.range):
            return "unnamed"
        return "collective" if head.endswith(self._plural) and not head.endswith("ss") else "role only"

    def _head(self, mention: Range) -> str:
        """Return the head noun of a mention: the last noun before its first preposition, comma or relative pronoun.

        "Minister" in "the foreign minister of Haldrum".
        """
        classes, forms = self._classes, self._forms
        head = ""
        for at in range(*mention):
            form = forms[at]
            if classes[at] in CONTENT_WORDS:
                if head in self._nouns and (form.endswith(self._past) or form in self._lists["sources.describing"]):
                    # "A person briefed on the matter"
                    break
                head = form
            elif head and (classes[at] in _AFTER_HEAD or form in _BEFORE_ASIDE):
                if form == "," and classes[at - 1] is TokenClass.NAME and at + 1 < mention[1]:
                    # "Ada Reuter, the foreign minister"
                    return self._head((at + 1, mention[1])) or head
                break
        return head or forms[mention[0]]

    def _last_name(self, mention: Range) -> Range | None:
        """Return the last sequence of names before the first comma after a name; None where there is none."""
        found: Range | None = None
        for at in range(*mention):
            if self._classes[at] is TokenClass.NAME and self._forms[at] not in self._nouns:
                found = (found[0], at + 1) if found and found[1] == at else (at, at + 1)
            elif self._forms[at] == "," and found:
                break
        return found

    def _is_personal(self, name: Range) -> bool:
        """Return whether a sequence of names holds a first name or a courtesy title."""
        lists = self._lists
        return any(
            form in lists["sources.female_names"]
            or form in lists["sources.male_names"]
            or form in lists["sources.courtesy"]
            for form in self._forms[slice(*name)]
        )

    def _is_indefinite(self, mention: Range) -> bool:
        """Return whether a mention is indefinite: "a man", "two men", "men"."""
        first = self._forms[mention[0]]
        word_class = self._classes[mention[0]]
        return (
            first in self._lists["sources.indefinite"]
            or word_class is TokenClass.NUMBER
            or (word_class is TokenClass.WORD and first.endswith(self._plural))
        )

    def _label(self, mention: Range) -> str:
        """Return the text of a mention up to its first comma, bracket or dash: the name for the list of sources."""
        end = mention[0]
        while end < mention[1] and self._forms[end] not in _BEFORE_ASIDE:
            end += 1
        return self._tokens.words((mention[0], max(end, mention[0] + 1)))
