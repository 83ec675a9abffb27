"""The queries of a project, by subject."""

from functools import cached_property
from typing import TYPE_CHECKING

from annotator.domain.records import Judgements
from annotator.store.queries.annotation_queries import AnnotationQueries
from annotator.store.queries.base import Connect
from annotator.store.queries.claim_queries import ClaimQueries
from annotator.store.queries.document_queries import DocumentQueries
from annotator.store.queries.full_text_search import SearchQueries
from annotator.store.queries.hypothesis_queries import HypothesisQueries
from annotator.store.queries.label_queries import LabelQueries
from annotator.store.queries.log_queries import LogQueries
from annotator.store.queries.project_queries import ProjectQueries
from annotator.store.queries.source_queries import SourceQueries
from annotator.store.queries.suggestion_queries import SuggestionQueries

if TYPE_CHECKING:
    from annotator.store.queries.dashboard_queries import DashboardQueries
    from annotator.store.queries.exchange_queries import ExchangeQueries


class Read:
    """What can be read from a project, one class of queries for each subject.

    Each query runs on the connection of the calling thread and sees what was committed before. Several queries see the
    same state inside ``Project.snapshot``. A query that returns an iterator reads while it is iterated.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self.project = ProjectQueries(connect)
        self.labels = LabelQueries(connect)
        self.documents = DocumentQueries(connect)
        self.annotations = AnnotationQueries(connect)
        self.sources = SourceQueries(connect)
        self.claims = ClaimQueries(connect)
        self.hypotheses = HypothesisQueries(connect)
        self.suggestions = SuggestionQueries(connect)
        self.search = SearchQueries(connect)
        self.log = LogQueries(connect)

    # These two are imported when they are first used: the window starts without them.

    @cached_property
    def dashboard(self) -> "DashboardQueries":
        """The counts for the dashboard."""
        from annotator.store.queries.dashboard_queries import DashboardQueries

        return DashboardQueries(self._connect)

    @cached_property
    def exchange(self) -> "ExchangeQueries":
        """The queries for the exchange of files between projects."""
        from annotator.store.queries.exchange_queries import ExchangeQueries

        return ExchangeQueries(self._connect)

    def judgements(self) -> Judgements:
        """Return all judgements across documents outside the trash."""
        evidence = self.hypotheses.evidence()
        return Judgements(
            chain_links=self.claims.chain_links(),
            claims=self.claims.all(),
            statements=self.claims.statements(),
            resolutions=self.claims.resolutions(),
            questions=self.hypotheses.questions(),
            hypotheses=self.hypotheses.all(),
            evidence=evidence,
            ratings=self.hypotheses.ratings(evidence_ids=[one.id for one in evidence]),
        )
