"""Methods of ``Project`` for claims, attribution chains and reports."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from annotator.api.project_base import PathLike, ProjectBase, id_of, new_source
from annotator.domain.attribution_chains import Station
from annotator.domain.changes import Change
from annotator.domain.records import AnnotationRecord as Annotation
from annotator.domain.records import ClaimRecord, DocumentRow, SourceRecord
from annotator.domain.records import DocumentRecord as Document
from annotator.services.claims import chains, claim_suggestions, claims, corroboration
from annotator.services.claims.claim_suggestions import Cluster
from annotator.services.claims.corroboration import Corroboration
from annotator.services.exports import whole_files
from annotator.services.reports import reporting
from annotator.services.reports.reporting import Subject
from annotator.services.sources import sources


class ClaimMethods(ProjectBase):
    """Claims: make and resolve them, attribution chains, independent origins, reports."""

    def add_claim(
        self,
        text: str,
        annotations: Iterable[Annotation | int] = (),
        *,
        topic: str = "",
        note: str = "",
        stance: str = "states",
    ) -> ClaimRecord:
        """Make a claim that annotations state, or with the ``stance`` ``denies`` deny; return it.

        Raise InvalidValue or NotFound.
        """
        ids = [id_of(one) for one in annotations]
        id, change = claims.add(self._stored, text, ids, topic=topic, note=note, stance=stance)
        return self._apply(change, lambda: self._claim(id))

    def claims(self) -> list[ClaimRecord]:
        """Return all claims with their effective verdict, in the order of creation."""
        return self._stored.read.claims.all()

    def state(
        self, claim: ClaimRecord | int, annotations: Iterable[Annotation | int], stance: str = "states"
    ) -> ClaimRecord:
        """Record that annotations state a claim, or with the ``stance`` ``denies`` that they deny it; return the claim.

        An annotation that stated another claim no longer does. Raise InvalidValue or NotFound.
        """
        ids = [id_of(one) for one in annotations]
        return self._apply(claims.state(self._stored, id_of(claim), ids, stance), lambda: self._claim(id_of(claim)))

    def resolve(
        self,
        claim: ClaimRecord | int,
        verdict: str,
        *,
        evidence: str = "",
        address: str = "",
        resolved_on: str = "",
    ) -> ClaimRecord:
        """Record the resolution of a claim; return the claim.

        ``verdict``: open, confirmed, partly, refuted or unverifiable. ``evidence``: what settles it; ``address``: where
        that can be checked. ``resolved_on``: a date in ISO 8601; today by default. Raise InvalidValue or NotFound.
        """
        held = self._claim(id_of(claim))
        change = claims.resolve(
            self._stored, held, verdict, evidence=evidence, address=address, resolved_on=resolved_on
        )
        return self._apply(change, lambda: self._claim(held.id))

    def link(
        self,
        annotation: Annotation | int,
        source: str | int | SourceRecord,
        role: str = "relay",
        *,
        checked: bool = False,
        note: str = "",
    ) -> tuple[Station, ...]:
        """Add a source to the attribution chain of an annotation; return the chain, from its origin to the outlet.

        ``role``: origin or relay. ``checked``: the link was verified. Raise InvalidValue or NotFound.
        """
        held = self._annotation(id_of(annotation))
        id, made = self._source(source)
        known = new_source(made[0]) if made else sources.get(self._stored, id)
        change = chains.link(self._stored, held, known, role, checked=checked, note=note)
        change = Change(change.title, made + change.edits, change.step)
        return self._apply(change, lambda: chains.chain_of(self._stored, held.id))

    def chain(self, annotation: Annotation | int) -> tuple[Station, ...]:
        """Return the attribution chain of an annotation, from its origin to the outlet."""
        return chains.chain_of(self._stored, id_of(annotation))

    def corroboration(self, claim: ClaimRecord | int) -> Corroboration:
        """Return the independent origins of a claim, and why statements count as one. Raise NotFound."""
        return corroboration.corroboration(self._stored, id_of(claim))

    def circular_reports(self) -> list[Corroboration]:
        """Return the claims that several outlets report from one origin."""
        return corroboration.circular_reports(self._stored)

    def suggested_claims(self) -> list[Cluster]:
        """Return groups of annotations that may state the same claim, with the reason, the most similar first."""
        return claim_suggestions.suggested(self._stored)

    def report(
        self,
        path: PathLike | None = None,
        *,
        document: Document | DocumentRow | int | None = None,
        source: str | int | SourceRecord | None = None,
        claim: ClaimRecord | int | None = None,
        as_of: str = "",
    ) -> str:
        """Return a report as an HTML page; also write it where ``path`` is given.

        It is about the project, or about one ``document``, ``source`` or ``claim``. ``as_of``: a date in ISO 8601;
        today by default. Raise InvalidValue, NotFound or ExportRefused.
        """
        subject = Subject(
            None if document is None else id_of(document),
            None if source is None else self._known_source(source).id,
            None if claim is None else id_of(claim),
        )
        page = reporting.report(self._stored, subject, as_of).page
        if path is not None:
            whole_files.write_whole(self._stored, Path(path), page.encode("utf-8"))
        return page
