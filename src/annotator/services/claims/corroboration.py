"""Corroboration: how many independent origins a claim has, and circular reporting, with the reasons.

Independent support is the number of distinct origins, not of outlets. Statements of one origin count as one; so do
those of documents that show signs of a common origin: the same wire or credit line, the same body cited, near-duplicate
texts, an identical quotation of eight words or more, outlets of one owner. Signs between documents do not join two
statements that the texts attribute to two different named sources: a wire may quote two witnesses.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from annotator.domain.analysis.near_duplicates import THRESHOLD, Shingles, near_duplicates, similarity
from annotator.domain.analysis.union_find import UnionFind
from annotator.domain.attribution_chains import origins_of
from annotator.domain.fixed_choices import STANCES
from annotator.domain.spans import Span
from annotator.domain.wording import counted, elided, listed
from annotator.services.claims.chains import Chained, chains
from annotator.services.claims.text_reuse import ReuseSigns, cited_near, folded, reuse_signs
from annotator.store.project import Project
from annotator.store.queries import source_queries

Progress = Callable[[int, int, str], None]

_EACH_WITH_EACH = 40
"""Documents of one claim that are compared pairwise; of more, candidates are searched for first."""


_ORIGINS_NAMED = 5
"""How many origins a sentence names."""

_OUTLETS_NAMED = 3
"""Up to how many outlets of an unknown source are named; more are counted."""

_UNNAMED = 0
"""The key of all unnamed sources, which may be one and the same."""


class Sign(NamedTuple):
    """Why two statements count as one: ``kind`` and a description.

    Kinds: ``origin``, ``unnamed``, ``wire``, ``citing``, ``near-duplicate``, ``quotation``, ``owner``.
    """

    kind: str
    one: int
    other: int
    reason: str


class OriginGroup(NamedTuple):
    """Statements, by the ids of their annotations, that probably have one origin, and why."""

    annotation_ids: tuple[int, ...]
    origins: tuple[int, ...]
    outlets: tuple[int, ...]
    signs: tuple[Sign, ...]
    origin_names: tuple[str, ...] = ()
    outlet_names: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why they count as one, each reason once."""
        return tuple(dict.fromkeys(sign.reason for sign in self.signs))

    def description(self) -> str:
        """Return who the origin is, where it was published, and why the statements count as one."""
        speaks_for_itself = set(self.origins) <= set(self.outlets)
        if speaks_for_itself and len(self.outlets) == 1:
            return f"{listed(self.outlet_names)} itself"
        if speaks_for_itself:
            few = len(self.outlet_names) <= _OUTLETS_NAMED
            outlets = listed(self.outlet_names) if few else counted(len(self.outlets), "outlet")
            who = f"one source of {outlets}" if self.outlets else "one source"
        else:
            where = f", in {counted(len(self.outlets), 'outlet')}" if len(self.outlets) > 1 else ""
            who = f"{listed(self.origin_names)}{where}"
        # The common origin is named already.
        reasons = list(dict.fromkeys(sign.reason for sign in self.signs if sign.kind != "origin"))
        return f"{who}{f' ({listed(reasons)})' if reasons else ''}"


class Corroboration(NamedTuple):
    """The independent origins of the statements of a claim, and of its denials."""

    claim_id: int
    states: tuple[OriginGroup, ...]
    denies: tuple[OriginGroup, ...]

    @property
    def is_circular(self) -> bool:
        """Whether several outlets report from one origin."""
        return any(len(group.outlets) > 1 for group in (*self.states, *self.denies))

    def sentence(self) -> str:
        """Return ``5 statements go back to 2 origins: 4 to Ilse Lund, in 3 outlets; 1 to The Courier itself.``, and the
        same of the denials, as far as there are any.
        """
        return " ".join(filter(None, (self.statement_sentence(), self.denial_sentence())))

    def statement_sentence(self) -> str:
        """Return the sentence about the statements; empty where there are none."""
        return _sentence(self.states, "statement")

    def denial_sentence(self) -> str:
        """Return the sentence about the denials; empty where there are none."""
        return _sentence(self.denies, "denial")


def _sentence(groups: Sequence[OriginGroup], noun: str) -> str:
    """Return how many statements go back to which origins, those with most statements first; empty without groups."""
    if not groups:
        return ""
    ordered = sorted(groups, key=lambda group: -len(group.annotation_ids))
    total = sum(len(group.annotation_ids) for group in ordered)
    head = f"{counted(total, noun)} {'goes' if total == 1 else 'go'} back to {counted(len(ordered), 'origin')}"
    if len(ordered) == 1:
        return f"{head}: {ordered[0].description()}."
    parts = [f"{len(group.annotation_ids)} to {group.description()}" for group in ordered[:_ORIGINS_NAMED]]
    if rest := ordered[_ORIGINS_NAMED:]:
        parts.append(f"{sum(len(group.annotation_ids) for group in rest)} to {counted(len(rest), 'other origin')}")
    return f"{head}: {'; '.join(parts)}."


class _DocumentFacts(NamedTuple):
    """The facts about a document that its statements need."""

    text: str
    title: str
    signs: ReuseSigns


class _Statement(NamedTuple):
    id: int
    document_id: int
    chained: Chained
    span: Span

    @property
    def origins(self) -> tuple[int, ...]:
        return origins_of(self.chained.stations)

    @property
    def speaks_for_itself(self) -> bool:
        """Whether the outlet is the only known source."""
        return not self.origins or self.origins == (self.chained.outlet,)


def corroboration(project: Project, claim_id: int) -> Corroboration:
    """Return how independently a claim is stated and denied. Raise NotFound."""
    project.read.claims.one(claim_id)
    return Reader(project).claim(claim_id)


def circular_reports(project: Project, progress: Progress | None = None) -> list[Corroboration]:
    """Return the claims that several outlets report from one origin, in the order of creation.

    The work grows with the texts and their near-duplicates, not with pairs of statements.
    """
    reader = Reader(project)
    reader.read_all(progress)
    return [one for one in reader.claims().values() if one.is_circular]


def origin_counts(project: Project) -> dict[int, int]:
    """Return how many distinct origins the chains of a claim's statements have, by the claim's id; no text is read.

    Statements of unknown origin count as one for each document; unnamed sources count as one.
    """
    stated = [one for one in project.read.claims.statements() if one.stance == "states"]
    unnamed = project.read.sources.unnamed()
    chained = chains(project, [one.annotation_id for one in stated])
    origins: dict[int, set[int]] = {}
    for one in (one for one in stated if one.annotation_id in chained):
        known = chained[one.annotation_id]
        own = origins_of(known.stations) or (-known.document_id,)
        origins.setdefault(one.claim_id, set()).update(_UNNAMED if id in unnamed else id for id in own)
    return {claim: len(found) for claim, found in origins.items()}


class SharedOrigin(NamedTuple):
    """Documents, by id, that probably have one origin, and why."""

    document_ids: tuple[int, ...]
    reasons: tuple[str, ...]


def shared_origins(project: Project, progress: Progress | None = None) -> list[SharedOrigin]:
    """Return documents that are near-duplicates of each other or share a long quotation, the largest group first."""
    reader = Reader(project)
    reader.read_all(progress)
    return reader.shared_origins()


class Reader:
    """The comparison of statements, which reads each document once; for queries on many claims of an unchanged
    project.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._documents: dict[int, _DocumentFacts] = {}
        self._near: UnionFind[int] | None = None
        registry = project.read.sources.names()
        self._sources = {source.id: source for source in registry}
        self._names = _names(registry)

    # --- one claim ----------------------------------------------------------------------------------------------------

    def claim(self, claim_id: int) -> Corroboration:
        """Return how independently one claim is stated and denied."""
        return self.claims([claim_id])[claim_id]

    def claims(self, claim_ids: Iterable[int] | None = None, until: str = "") -> dict[int, Corroboration]:
        """Return the same for all claims, or some, by id; ``until``: without what was published after that day."""
        topics = self._project.read.claims.topics(claim_ids)
        stated = self._project.read.claims.statements(claim_ids=None if claim_ids is None else topics)
        later = self._project.read.claims.published_later(until) if until else frozenset[int]()
        stated = [one for one in stated if one.annotation_id not in later]
        ids = [one.annotation_id for one in stated]
        spans = {row.id: Span(row.start, row.end) for row in self._project.read.annotations.spans(ids)}
        chained = chains(self._project, ids)
        groups: dict[tuple[int, str], list[_Statement]] = {}
        # Damaged annotations are left out when rows are read.
        for one in (one for one in stated if one.annotation_id in chained and one.annotation_id in spans):
            id, known = one.annotation_id, chained[one.annotation_id]
            statement = _Statement(id, known.document_id, known, spans[id])
            groups.setdefault((one.claim_id, one.stance), []).append(statement)
        self._read_documents({one.document_id for group in groups.values() for one in group})
        groups = {key: [one for one in group if one.document_id in self._documents] for key, group in groups.items()}
        return {
            id: Corroboration(id, *(self._origin_groups(groups.get((id, stance), ())) for stance in STANCES))
            for id in topics
        }

    def _origin_groups(self, statements: Sequence[_Statement]) -> tuple[OriginGroup, ...]:
        connected = UnionFind[int]()
        signs: dict[int, list[Sign]] = {}
        for statement in statements:
            connected.find(statement.id)
        kept = [sign for sign in self._signs(statements) if connected.union(sign.one, sign.other)]
        for sign in kept:
            signs.setdefault(connected.find(sign.one), []).append(sign)
        groups: dict[int, list[_Statement]] = {}
        for statement in statements:
            groups.setdefault(connected.find(statement.id), []).append(statement)
        return tuple(self._origin_group(group, signs.get(leader, ())) for leader, group in groups.items())

    def _origin_group(self, statements: Sequence[_Statement], signs: Sequence[Sign]) -> OriginGroup:
        ids = tuple(one.id for one in statements)
        origins = tuple(dict.fromkeys(id for one in statements for id in one.origins))
        outlets = tuple(dict.fromkeys(one.chained.outlet for one in statements if one.chained.outlet is not None))
        return OriginGroup(
            ids, origins, outlets, tuple(signs), self._source_names(origins), self._source_names(outlets)
        )

    def _source_names(self, ids: Iterable[int]) -> tuple[str, ...]:
        return tuple(self._sources[id].name for id in ids if id in self._sources)

    def _signs(self, statements: Sequence[_Statement]) -> Iterator[Sign]:
        """Yield signs between statements, the most certain kind first; of each kind enough to join the statements."""
        yield from self._of_one_origin(statements)
        yield from self._of_one_document_key(statements, "wire", self._credits)
        yield from self._of_one_document_key(statements, "citing", self._cited)
        yield from self._of_near_duplicates(statements)
        yield from self._of_one_document_key(statements, "quotation", self._quotations)
        yield from self._of_one_owner(statements)

    def _of_one_origin(self, statements: Sequence[_Statement]) -> Iterator[Sign]:
        first: dict[int, int] = {}
        unnamed: int | None = None
        for one in statements:
            for origin in one.origins:
                if origin in first:
                    yield Sign("origin", first[origin], one.id, f"the same origin, {self._sources[origin].name}")
                first.setdefault(origin, one.id)
            if one.origins and all(self._sources[id].kind == "unnamed" for id in one.origins):
                if unnamed is not None:
                    yield Sign("unnamed", unnamed, one.id, "unnamed sources, which may be the same")
                unnamed = one.id if unnamed is None else unnamed

    def _of_one_document_key(
        self,
        statements: Sequence[_Statement],
        kind: str,
        keys: Callable[[_Statement], Mapping[str, str]],
    ) -> Iterator[Sign]:
        """Yield pairs of statements that share a key, each with the first that it may be joined with."""
        words = {
            "wire": "the same credit line, {}",
            "citing": "the same body cited, {}",
            "quotation": "the same words, “{}”",
        }[kind]
        held: dict[str, list[_Statement]] = {}
        for one in statements:
            for key, written in keys(one).items():
                others = held.setdefault(key, [])
                for other in others:
                    if other.document_id != one.document_id and _may_share_origin(other, one):
                        yield Sign(kind, other.id, one.id, words.format(elided(written, 80)))
                        break
                # A few are enough: a statement that may be joined with none of these differs in its named source.
                if len(others) < 8:
                    others.append(one)

    def _credits(self, one: _Statement) -> Mapping[str, str]:
        """Return the sources whose material a text says it is; its own outlet does not count."""
        outlet = one.chained.outlet
        own = set() if outlet is None else {folded(name) for name in _names_of(self._sources[outlet])}
        held = self._documents[one.document_id].signs.credits
        return {self._known_as(key): name for key, name in held.items() if key not in own}

    def _cited(self, one: _Statement) -> Mapping[str, str]:
        read = self._documents[one.document_id]
        return {self._known_as(key): name for key, name in cited_near(read.text, one.span).items()}

    def _quotations(self, one: _Statement) -> Mapping[str, str]:
        return self._documents[one.document_id].signs.quotations

    def _known_as(self, key: str) -> str:
        """Return the key of a name: that of the source with this name, where there is one."""
        return self._names.get(key, key)

    def _of_near_duplicates(self, statements: Sequence[_Statement]) -> Iterator[Sign]:
        by_document: dict[int, list[_Statement]] = {}
        for one in statements:
            by_document.setdefault(one.document_id, []).append(one)
        for first, second in self._near_pairs(list(by_document)):
            for one in by_document[first]:
                for other in by_document[second]:
                    if _may_share_origin(one, other):
                        titles = f"“{elided(self._documents[first].title, 50)}”"
                        yield Sign("near-duplicate", one.id, other.id, f"the same text as {titles}")
                        break

    def _near_pairs(self, ids: Sequence[int]) -> Iterator[tuple[int, int]]:
        if self._near is not None:
            leaders: dict[int, int] = {}
            for id in ids:
                leader = self._near.find(id)
                if leader in leaders:
                    yield leaders[leader], id
                leaders.setdefault(leader, id)
            return
        if len(ids) > _EACH_WITH_EACH:
            yield from near_duplicates(
                lambda: ((id, self._documents[id].text) for id in ids), lambda id: self._documents[id].text, len(ids)
            )
            return
        shingles = Shingles()
        held = {id: shingles.of(self._documents[id].text) for id in ids} if len(ids) > 1 else {}
        for one, other in combinations(ids, 2):
            if similarity(held[one], held[other]) >= THRESHOLD:
                yield one, other

    def _of_one_owner(self, statements: Sequence[_Statement]) -> Iterator[Sign]:
        first: dict[int, _Statement] = {}
        for one in statements:
            if not one.speaks_for_itself or one.chained.outlet is None:
                continue
            for owner in self._owners(one.chained.outlet):
                other = first.setdefault(owner, one)
                if other.chained.outlet != one.chained.outlet:
                    yield Sign("owner", other.id, one.id, f"the same owner, {self._sources[owner].name}")

    def _owners(self, source_id: int) -> list[int]:
        """Return a source, who owns it, who owns that, and so on."""
        chain = [source_id]
        while (
            (owner := self._sources[chain[-1]].owner_id) is not None and owner not in chain and owner in self._sources
        ):
            chain.append(owner)
        return chain

    # --- documents ----------------------------------------------------------------------------------------------------

    def _read_documents(self, ids: Iterable[int]) -> None:
        missing = [id for id in ids if id not in self._documents]
        if not missing:
            return
        for id, title, text, facts in self._project.read.documents.texts_with_facts(missing):
            self._documents[id] = _DocumentFacts(text, title, reuse_signs(text, facts))

    def read_all(self, progress: Progress | None) -> None:
        """Read every document that states a claim, and find the near-duplicates among all."""
        total = self._project.read.documents.count()
        stated = {row.document_id for row in self._project.read.claims.stating_annotations()}
        for number, (id, title, text, facts) in enumerate(self._project.read.documents.texts_with_facts()):
            if progress is not None:
                progress(number, total, "Reading for credit lines and quotations")
            kept = text if id in stated else ""
            self._documents[id] = _DocumentFacts(kept, title, reuse_signs(text, facts))
        near = UnionFind[int]()
        pairs = near_duplicates(
            lambda: ((id, text) for id, _, text in self._project.read.documents.texts()),
            self._project.read.documents.text,
            total,
            progress,
        )
        for one, other in pairs:
            near.union(one, other)
        self._near = near

    def shared_origins(self) -> list[SharedOrigin]:
        """Return groups of documents that probably have one origin; all must have been read."""
        connected, reasons = UnionFind[int](), dict[tuple[int, int], str]()

        def tie(one: int, other: int, reason: str) -> None:
            if connected.union(one, other):
                reasons[one, other] = reason

        assert self._near is not None
        first: dict[str, int] = {}
        for id, read in self._documents.items():
            leader = self._near.find(id)
            if leader != id:
                tie(leader, id, "near-duplicate texts")
            for key, words in read.signs.quotations.items():
                if first.setdefault(key, id) != id:
                    tie(first[key], id, f"the words “{elided(words, 80)}”")
        groups: dict[int, list[int]] = {}
        for id in self._documents:
            groups.setdefault(connected.find(id), []).append(id)
        why: dict[int, list[str]] = {}
        for (one, _), reason in reasons.items():
            why.setdefault(connected.find(one), []).append(reason)
        found = [
            SharedOrigin(tuple(ids), tuple(dict.fromkeys(why[leader])))
            for leader, ids in groups.items()
            if len(ids) > 1
        ]
        return sorted(found, key=lambda one: (-len(one.document_ids), one.document_ids))


def _may_share_origin(one: _Statement, other: _Statement) -> bool:
    """Return whether a sign between two documents can mean that two of their statements have one origin."""
    return one.speaks_for_itself or other.speaks_for_itself or bool(set(one.origins) & set(other.origins))


def _names_of(source: source_queries.Names) -> tuple[str, ...]:
    return (source.name, *source.aliases)


def _names(registry: Iterable[source_queries.Names]) -> dict[str, str]:
    """Return keys of names and aliases, each as the key of the name of its source."""
    return {folded(name): folded(source.name) for source in registry for name in reversed(_names_of(source))}
