"""Reports of a document, a source, a claim or the project, as of a day: a self-contained page that can be printed.

The summary of sources follows ICD 206: the basis of the report, the grades of its sources, its strengths and its gaps.
Likelihood and confidence are on separate lines (ICD 203). Each sentence cites the statements that it is based on by
number; each statement its document, place and uid. The same project and day give the same page.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from annotator.domain.dates import local_day
from annotator.domain.errors import InvalidValue
from annotator.domain.grades import CREDIBILITY, RELIABILITY, Grade, band_of
from annotator.domain.records import (
    AnnotationRecord,
    AssessmentRecord,
    ClaimRecord,
    DocumentRecord,
    ResolutionRecord,
    SourceRecord,
    StatementRecord,
)
from annotator.domain.seal import Seal
from annotator.domain.wording import counted, elided, listed
from annotator.services.claims.corroboration import Corroboration, Reader
from annotator.services.reports.historical_judgements import AsOf, Judged
from annotator.services.reports.report_page import PAGE
from annotator.services.sources.track_records import TrackRecords
from annotator.store.project import Project

MAX_STATEMENTS = 2_000
"""Statements that a report lists; a larger project is reported by its claims."""


class Subject(NamedTuple):
    """The subject of a report: one of these by id, or without any of them the project."""

    document_id: int | None = None
    source_id: int | None = None
    claim_id: int | None = None


class Report(NamedTuple):
    """A report: its title, the day, the whole page as HTML, and the seal of the project when it was written."""

    title: str
    day: str
    page: str
    statements: int
    seal: Seal = Seal(0, "")


class _ReportStatement(NamedTuple):
    """A statement and its number in the report."""

    number: int
    judged: Judged
    document: DocumentRecord


def report(project: Project, subject: Subject | None = None, as_of: str = "") -> Report:
    """Write a report as of a day, or today. Raise InvalidValue for an invalid day, NotFound for an unknown subject."""
    return _Writer(project, subject or Subject(), as_of).write()


class _Writer:
    def __init__(self, project: Project, subject: Subject, as_of: str) -> None:
        if sum(one is not None for one in subject) > 1:
            raise InvalidValue("A report is about one document, one source or one claim: name only one of them.")
        self._subject = subject
        self._as_of = AsOf(project, as_of)
        self._records = TrackRecords(project, self._as_of.day)
        self._sources = {source.id: source for source in project.read.sources.all()}
        claims = {claim.id: claim for claim in project.read.claims.all()}
        stated = project.read.claims.statements()
        self._project = project.read.project.record()
        named = project.read.annotations.ids(subject.document_id, subject.source_id)
        chosen = self._chosen(named, stated)
        claim_ids = {one.claim_id for one in stated if one.annotation_id in chosen}
        self._claims = [claims[id] for id in sorted(claim_ids) if id in claims]
        if subject.claim_id is not None:
            self._claims = [project.read.claims.one(subject.claim_id)]
        annotations = list(project.read.annotations.all(ids=chosen))
        documents = {one.id: one for one in project.read.documents.all({a.document_id for a in annotations})}
        # A later publication was not known on the day.
        documents = {id: one for id, one in documents.items() if one.published_at[:10] <= self._as_of.day}
        annotations = [one for one in annotations if one.document_id in documents]
        if subject.document_id is not None:
            documents[subject.document_id] = project.read.documents.one(subject.document_id)
        self._documents = documents
        self._statements = [
            _ReportStatement(number, self._judged(one), documents[one.document_id])
            for number, one in enumerate(annotations[:MAX_STATEMENTS], 1)
        ]
        self._left_out = max(0, len(annotations) - MAX_STATEMENTS)
        self._number = {one.judged.annotation.id: one.number for one in self._statements}
        self._stated: dict[int, list[StatementRecord]] = {}
        for one in stated:
            if one.annotation_id in self._number:
                self._stated.setdefault(one.claim_id, []).append(one)
        self._origins = Reader(project).claims([claim.id for claim in self._claims], self._as_of.day)

    def _chosen(self, named: Sequence[int], stated: Sequence[StatementRecord]) -> set[int]:
        """Return the ids of the annotations in the report; ``named``: those of its document or source, or all."""
        subject = self._subject
        if subject.claim_id is not None:
            return {one.annotation_id for one in stated if one.claim_id == subject.claim_id}
        if subject == Subject() and len(named) > MAX_STATEMENTS:
            return {one.annotation_id for one in stated}
        return set(named)

    def _judged(self, annotation: AnnotationRecord) -> Judged:
        document = self._documents[annotation.document_id]
        return self._as_of.judged(annotation, document.source_id, document.reliability_override)

    # --- the page -----------------------------------------------------------------------------------------------------

    def write(self) -> Report:
        title = self._title()
        sections = (
            ("Source summary", self._summary()),
            ("Claims", self._claims_section()),
            ("Statements", self._statements_section()),
            ("Sources", self._sources_section()),
            ("Documents", self._documents_section()),
            ("History of the judgements", self._history()),
            ("How this can be verified", self._verification()),
        )
        body = "\n".join(f"<h2>{escape(name)}</h2>\n{text}" for name, text in sections if text)
        page = PAGE.format(
            title=escape(title),
            day=escape(self._as_of.day),
            project=escape(self._project.title),
            body=body,
        )
        return Report(title, self._as_of.day, page, len(self._statements), self._as_of.seal)

    def _title(self) -> str:
        subject = self._subject
        if subject.document_id is not None:
            return f"Report on “{self._documents[subject.document_id].title}”"
        if subject.source_id is not None:
            return f"Report on {self._sources[subject.source_id].name}"
        if subject.claim_id is not None:
            return f"Report on the claim “{elided(self._claims[0].text, 120)}”"
        return f"Report on {self._project.title}"

    # --- summary ------------------------------------------------------------------------------------------------------

    def _summary(self) -> str:
        if not self._statements:
            return _paragraph("There are no annotations on which this report could be based.")
        return _items(sentence for sentence in self._sentences() if sentence)

    def _sentences(self) -> Iterable[str]:
        statements = self._statements
        speakers = {one.judged.annotation.source_id for one in statements} - {None}
        sources = counted(len(speakers), "named source")
        documents = counted(len({one.document.id for one in statements}), "document")
        yield (
            f"It is based on {counted(len(statements), 'statement')} of {sources} in {documents}"
            f"{self._cited(one.number for one in statements)}."
        )
        by_letter = Counter(one.judged.annotation.reliability for one in statements)
        letters = [(by_letter[grade.code], grade) for grade in RELIABILITY]
        yield self._scale("By the reliability of the source", letters, by_letter[None], "not assessed")
        by_digit = Counter(one.judged.annotation.credibility for one in statements)
        digits = [(by_digit[int(grade.code)], grade) for grade in CREDIBILITY]
        yield self._scale("By the credibility of the statement", digits, by_digit[None], "not graded")
        unnamed = [one for one in statements if self._is_unnamed(one.judged.annotation)]
        if unnamed:
            yield (
                f"{counted(len(unnamed), 'statement')} from sources that are not named"
                f"{self._cited(one.number for one in unnamed)}: they cannot be looked up."
            )
        yield from self._strengths()

    def _strengths(self) -> Iterable[str]:
        strong = [claim for claim in self._claims if len(self._origins[claim.id].states) >= 2]
        weak = [claim for claim in self._claims if len(self._origins[claim.id].states) == 1]
        circular = [claim for claim in self._claims if self._origins[claim.id].is_circular]
        if strong:
            yield (
                f"Strength: {counted(len(strong), 'claim')} with two or more independent origins"
                f"{self._cited(self._numbers_of(strong))}."
            )
        if weak:
            yield (f"Gap: {counted(len(weak), 'claim')} with one origin only{self._cited(self._numbers_of(weak))}.")
        if circular:
            yield (
                f"Circular reporting in {counted(len(circular), 'claim')}: several outlets have it from one origin"
                f"{self._cited(self._numbers_of(circular))}."
            )
        open_ones = [claim for claim in self._claims if self._verdict(claim) == "open"]
        if open_ones:
            yield f"Open on that day: {counted(len(open_ones), 'claim')}{self._cited(self._numbers_of(open_ones))}."

    def _scale(self, head: str, held: Iterable[tuple[int, Grade]], rest: int, words: str) -> str:
        """Return how many statements have each grade of a scale; empty where none has any."""
        parts = [f"{count} {grade.code} ({grade.words})" for count, grade in held if count]
        more = f"; {rest} {words}" if rest else ""
        return f"{head}: {listed(parts)}{more}." if parts else ""

    def _is_unnamed(self, annotation: AnnotationRecord) -> bool:
        source = self._sources.get(annotation.source_id or 0)
        return source is not None and source.kind == "unnamed"

    def _numbers_of(self, claims: Iterable[ClaimRecord]) -> list[int]:
        return [self._number[one.annotation_id] for claim in claims for one in self._stated.get(claim.id, ())]

    def _cited(self, numbers: Iterable[int]) -> str:
        """Return references to statements, with consecutive numbers joined: `` [1-3, 7]``."""
        runs: list[list[int]] = []
        for number in sorted(set(numbers)):
            if runs and runs[-1][1] == number - 1:
                runs[-1][1] = number
            else:
                runs.append([number, number])
        references = [f"{first}" if first == last else f"{first}-{last}" for first, last in runs]
        return f" [{', '.join(references)}]" if references else ""

    # --- claims -------------------------------------------------------------------------------------------------------

    def _verdict(self, claim: ClaimRecord) -> str:
        made = self._as_of.resolution(claim.id)
        return "open" if made is None else made.verdict

    def _claims_section(self) -> str:
        return "\n".join(self._describe_claim(claim) for claim in self._claims)

    def _describe_claim(self, claim: ClaimRecord) -> str:
        made = self._as_of.resolution(claim.id)
        lines = [_resolved(made), self._support(claim, self._origins[claim.id])]
        if claim.topic:
            lines.insert(0, f"Topic: {claim.topic}.")
        if claim.note:
            lines.append(claim.note)
        return f"<h3>{escape(claim.text)}</h3>\n{_items(line for line in lines if line)}"

    def _support(self, claim: ClaimRecord, known: Corroboration) -> str:
        stated = self._stated.get(claim.id, [])
        states = [self._number[one.annotation_id] for one in stated if one.stance == "states"]
        denies = [self._number[one.annotation_id] for one in stated if one.stance == "denies"]
        parts = []
        if states:
            parts.append(f"Stated{self._cited(states)}: {known.statement_sentence()}")
        if denies:
            parts.append(f"Denied{self._cited(denies)}: {known.denial_sentence()}")
        return " ".join(parts)

    # --- statements ---------------------------------------------------------------------------------------------------

    def _statements_section(self) -> str:
        rows = "\n".join(self._row(one) for one in self._statements)
        more = f"{counted(self._left_out, 'further statement')} left out." if self._left_out else ""
        head = "<tr><th>No.</th><th>Statement</th><th>Who said it</th><th>Grades on that day</th></tr>"
        table = f'<table border="1" cellspacing="0" cellpadding="4" width="100%">\n{head}\n{rows}\n</table>'
        return (table if rows else "") + _paragraph(more)

    def _row(self, one: _ReportStatement) -> str:
        annotation = one.judged.annotation
        place = f"characters {annotation.start}-{annotation.end}, uid {annotation.uid}"
        source = escape(f"{annotation.label}. {_origin(one.document)}; {place}.")
        quotation = f"“{escape(annotation.shown_quote)}”<br><small>{source}</small>"
        who = annotation.source or "the document in its own voice"
        return (
            f'<tr><td align="right">{one.number}</td><td>{quotation}</td><td>{escape(who)}</td>'
            f"<td>{'<br>'.join(map(escape, self._graded(one)))}</td></tr>"
        )

    def _graded(self, one: _ReportStatement) -> list[str]:
        annotation = one.judged.annotation
        if one.judged.is_later:
            letter = f"{annotation.reliability}-" if annotation.reliability else ""
            return [line for line in (letter, "Annotated after that day: not graded yet.") if line]
        lines = [one.judged.score or "Not graded."]
        letter = next((grade.words for grade in RELIABILITY if grade.code == annotation.reliability), "")
        digit = next((grade.words for grade in CREDIBILITY if grade.code == str(annotation.credibility)), "")
        lines += [f"Source: {letter}"] if letter else []
        lines += [f"Statement: {digit}"] if digit else []
        reasons = (annotation.reliability_reason, annotation.credibility_reason)
        lines += [f"Reason: {reason}" for reason in reasons if reason]
        if annotation.probability is not None:
            lines.append(f"Likelihood: {annotation.probability}%, {band_of(annotation.probability)}")
        if annotation.confidence:
            lines.append(f"Confidence: {annotation.confidence}")
        return lines

    # --- sources and documents ----------------------------------------------------------------------------------------

    def _sources_section(self) -> str:
        held = sorted(self._sources_in_report(), key=lambda one: (one.name.casefold(), one.id))
        return "\n".join(self._describe_source(source) for source in held)

    def _describe_source(self, source: SourceRecord) -> str:
        made = self._as_of.assessment(source.id)
        lines = [self._about(source), _assessed(made)]
        record = self._records.record(source.id)
        if record.total:
            lines.append(
                f"Track record on that day: {record.sentence()} The suggested reliability is our own convention."
            )
        numbers = [one.number for one in self._statements if one.judged.annotation.source_id == source.id]
        if numbers:
            lines.append(f"Statements{self._cited(numbers)}.")
        return f"<h3>{escape(source.name)}</h3>\n{_items(line for line in lines if line)}"

    def _about(self, source: SourceRecord) -> str:
        parts = [f"{source.kind[0].upper()}{source.kind[1:]}"]
        for relation, id in (("part of", source.parent_id), ("owned by", source.owner_id)):
            if id in self._sources:
                parts.append(f"{relation} {self._sources[id or 0].name}")
        return f"{', '.join(parts)}. {source.note}".strip()

    def _documents_section(self) -> str:
        return "\n".join(self._describe_document(one) for _, one in sorted(self._documents.items()))

    def _describe_document(self, document: DocumentRecord) -> str:
        numbers = [one.number for one in self._statements if one.document.id == document.id]
        own = document.reliability_override
        letter = f"{own}: {document.reliability_reason}" if own else ""
        known = (
            ("Publisher", document.source),
            ("Author", document.author),
            ("Published", document.published_at),
            ("Accessed", local_day(document.imported_at)),
            ("Address", document.address),
            ("Archived copy", f"text with SHA-256 {document.text_sha256}"),
            ("File", f"SHA-256 {document.origin_sha256}" if document.origin_sha256 else ""),
            ("Language", document.language),
            ("Access", "the full text is kept in the project"),
            ("Own reliability", letter),
            ("On its quality", document.note),
            ("Statements", self._cited(numbers).strip()),
        )
        lines = (f"{name}: {value}" for name, value in known if value)
        return f"<h3>{escape(document.title)}</h3>\n{_items(lines)}"

    # --- history and seal ---------------------------------------------------------------------------------------------

    def _history(self) -> str:
        listed_sources = {source.id for source in self._sources_in_report()}
        claims = {claim.id: claim for claim in self._claims}
        lines = [
            (one.made_on, f"{one.made_on}: {self._sources[one.source_id].name} assessed as {_assessment_words(one)}")
            for one in self._as_of.assessments
            if one.source_id in listed_sources
        ]
        lines += [
            (one.resolved_on, f"{one.resolved_on}: “{elided(claims[one.claim_id].text, 160)}” {_resolution_words(one)}")
            for one in self._as_of.resolutions
            if one.claim_id in claims
        ]
        return _items(line for _, line in sorted(lines))

    def _sources_in_report(self) -> list[SourceRecord]:
        ids = {one.judged.annotation.source_id for one in self._statements} | {
            one.document.source_id for one in self._statements
        }
        return [self._sources[id] for id in ids | {self._subject.source_id} if id in self._sources]

    def _verification(self) -> str:
        seal = self._as_of.seal
        return _items(
            (
                f"Seal: the log of the project ends with entry {seal.number}, whose hash is {seal.hash}.",
                f"In words: {seal.words}.",
                f"“annotator check FILE.anno --expect {seal}” says whether the file still continues from this state.",
                "It does not say who wrote the log, nor when.",
                "Each statement is found by its uid in the native export (“annotator export --format jsonl”).",
            )
        )


def _origin(document: DocumentRecord) -> str:
    title = f"“{document.title}”"
    return ", ".join(filter(None, (document.author, title, document.source, document.published_at[:10])))


def _resolved(made: ResolutionRecord | None) -> str:
    if made is None:
        return "Open: it was not resolved on that day."
    verdict = f"{made.verdict[0].upper()}{made.verdict[1:]}"
    return f"{verdict} on {made.resolved_on}, by {made.annotator}. {_evidence(made)}".strip()


def _evidence(made: ResolutionRecord) -> str:
    evidence = ", ".join(filter(None, (made.evidence.rstrip("."), made.address)))
    return f"Evidence: {evidence}." if evidence else ""


def _resolution_words(made: ResolutionRecord) -> str:
    return f"resolved as {made.verdict} by {made.annotator}. {_evidence(made)}".strip()


def _assessed(made: AssessmentRecord | None) -> str:
    if made is None:
        return "Not assessed on that day."
    return f"Reliability {_assessment_words(made)} In force since {made.made_on}."


def _assessment_words(made: AssessmentRecord) -> str:
    words = next(grade.words for grade in RELIABILITY if grade.code == made.reliability)
    topic = f", on {made.topic}" if made.topic else ""
    why = f" {made.rationale.rstrip('.')}." if made.rationale else ""
    return f"{made.reliability} ({words}){topic}, by {made.annotator}.{why}"


def _items(lines: Iterable[str]) -> str:
    items = "\n".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>\n{items}\n</ul>" if items else ""


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""
