"""Formats in and out: how fast against the bare libraries, how the time grows, and that memory stays flat.

``--large`` measures with 100,000 articles and 1,000,000 annotations as well; that takes some minutes.
"""

import gc
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec
import psutil
from tests.bench.corpus import article
from tests.bench.report import header, line

from annotator.domain.spans import Span
from annotator.formats import registry
from annotator.formats.base import Article, IncomingAnnotation
from annotator.formats.corpora.jsonl.writer import annotation_line_values
from annotator.formats.corpora.spacy.tokens import Tokeniser
from annotator.services.exports import exporting
from annotator.services.imports import importing
from annotator.services.imports.report import ImportReport
from annotator.services.projects import projects
from annotator.store import rows
from annotator.store.project import Project

LABELS = ("claim", "speculation", "official statement")
_DENSE = 40
"""Spans of an article in a corpus of brat's own: PolNeAR has some eighty."""


def annotated(number: int, annotations: int) -> Article:
    """An article of 450 words with so many annotations, half of them with a source and grades."""
    text = article(number)
    chance = random.Random(number)
    found = []
    for place in range(annotations):
        start = place * (len(text) - 130) // annotations + chance.randint(0, 9)
        is_graded = place % 2 == 0
        found.append(
            IncomingAnnotation(
                LABELS[place % 3],
                (Span(start, start + chance.randint(20, 120)),),
                source="The ministry" if is_graded else "",
                credibility=2 if is_graded else None,
                reliability="B" if is_graded else None,
                note="as it was said" if place % 5 == 0 else "",
            )
        )
    return Article(
        title=text.split("\n", 1)[0], text=text, source=f"Outlet {number % 40}", annotations=tuple(found), language="en"
    )


def project_of(path: Path, articles: int, annotations: int) -> Project:
    """A project of so many articles with so many annotations each."""
    project = projects.create(path, annotator="bench")
    importing.import_articles(project, (annotated(number, annotations) for number in range(articles)))
    return project


class Watched:
    """How long something takes, and how far the memory of this process rises above what it was."""

    def __init__(self, work: Callable[[], object]) -> None:
        gc.collect()
        process = psutil.Process()
        idle = process.memory_info().rss
        self._peak = idle
        over = threading.Event()

        def look() -> None:
            while not over.wait(0.02):
                self._peak = max(self._peak, process.memory_info().rss)

        watcher = threading.Thread(target=look)
        watcher.start()
        begin = time.perf_counter()
        try:
            work()
        finally:
            self.seconds = time.perf_counter() - begin
            over.set()
            watcher.join()
        self.megabytes = (self._peak - idle) / 1e6


def _records(project: Project) -> list[dict[str, object]]:
    groups: dict[int, list[object]] = {}
    for found in project.read.annotations.all():
        groups.setdefault(found.document_id, []).append(annotation_line_values(found))
    return [
        {**document._asdict(), "annotations": groups.get(document.id, [])} for document in project.read.documents.all()
    ]


def _bare_jsonl(records: list[dict[str, object]], out: Path) -> float:
    """Seconds that msgspec takes to write the same records from memory."""
    begin = time.perf_counter()
    encode = msgspec.json.Encoder().encode
    with open(out, "wb") as file:
        for record in records:
            file.write(encode(record) + b"\n")
    return time.perf_counter() - begin


def _fetched(project: Project) -> float:
    """Seconds that it takes to read all annotations and texts in order, before anything is made of the rows."""
    begin = time.perf_counter()
    with project.raw_connection() as connection:
        for query in (
            'SELECT * FROM annotation ORDER BY document_id, start, "end" DESC, id',
            "SELECT * FROM document JOIN document_text USING (id)",
        ):
            for _ in connection.execute(query):
                pass
    return time.perf_counter() - begin


def _bare_docbin(texts: list[str], out: Path) -> float:
    """Seconds of spaCy's own loop: tokenise, add to a DocBin, write."""
    from spacy.tokens import DocBin

    tokeniser = Tokeniser()
    plain = tokeniser._tokeniser("en")
    begin = time.perf_counter()
    stored = DocBin(store_user_data=True)
    for text in texts:
        stored.add(plain(text))
    out.write_bytes(stored.to_bytes())
    return time.perf_counter() - begin


def _exports(project: Project, folder: Path, formats: Iterator[str]) -> None:
    for id in formats:
        out = folder / f"out-{id}"
        watched = Watched(lambda id=id, out=out: exporting.export(project, out, id))  # type: ignore[misc]  # mypy infers no defaults
        line(f"{id} out", watched.seconds, "s")
        line(f"{id} out: memory above idle", watched.megabytes, "MB", None, "under 200 MB")


def measure(articles: int = 5_000, annotations: int = 10) -> None:
    """Print times, ratios and memory for a project of so many articles with so many annotations each."""
    header(f"Formats: {articles:,} articles of 450 words with {articles * annotations:,} annotations")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["ANNOTATOR_HOME"] = f"{folder}/home"
        rows.shapes()
        with project_of(folder / "case.anno", articles, annotations) as project:
            records = _records(project)
            bare = min(_bare_jsonl(records, folder / "bare.jsonl") for _ in range(3))
            texts = [str(record["text"]) for record in records]
            del records
            fetched = min(_fetched(project) for _ in range(3))
            line("the rows read from SQLite, and let go", fetched, "s", bare)
            watched = Watched(lambda: exporting.export(project, folder / "out.jsonl", "jsonl"))
            line("jsonl out", watched.seconds, "s", bare, "ratio <= 3.3 (30 % of the speed)")
            line("jsonl out: memory above idle", watched.megabytes, "MB", None, "under 200 MB")
            docbin = _bare_docbin(texts, folder / "bare.spacy")
            del texts
            watched = Watched(lambda: exporting.export(project, folder / "out.spacy", "spacy"))
            line("spaCy DocBin out", watched.seconds, "s", docbin, "ratio <= 1.67 (60 % of the speed)")
            line("spaCy DocBin out: memory above idle", watched.megabytes, "MB", None, "under 200 MB")
            known = ("csv", "conll", "brat", "xmi", "webannotation", "parquet")
            there = {format.id for format in registry.writable()}
            _exports(project, folder, (id for id in known if id in there))
        with projects.create(folder / "jsonl.anno") as other:
            watched = Watched(lambda: importing.import_files(other, [folder / "out.jsonl"]))
            line("jsonl in", watched.seconds, "s")
            line("jsonl in: memory above idle", watched.megabytes, "MB", None, "under 200 MB")
        if (folder / "out-brat").is_dir():
            _brat_in(folder / "out-brat", folder / "brat.anno", f"{annotations} an article, with grades and fields")
        _write_spans(folder / "spans", articles // 5, _DENSE)
        _brat_in(folder / "spans", folder / "spans.anno", f"{_DENSE} an article, spans alone")


def _write_spans(folder: Path, articles: int, annotations: int) -> None:
    """A folder as brat itself writes it: texts, and lines of spans."""
    folder.mkdir()
    for number in range(articles):
        whole = annotated(number, annotations)
        (folder / f"{number}.txt").write_text(whole.text, encoding="utf-8")
        lines: list[str] = []
        for id, one in enumerate(whole.annotations, 1):
            start = one.fragments[0].start
            # No span of brat holds a line end.
            if words := one.fragments[0].of(whole.text).split("\n", 1)[0]:
                lines.append(f"T{id}\tclaim {start} {start + len(words)}\t{words}\n")
        (folder / f"{number}.ann").write_text("".join(lines), encoding="utf-8")


def _brat_in(folder: Path, path: Path, what: str) -> None:
    with projects.create(path) as other:
        made: list[ImportReport] = []
        watched = Watched(lambda: made.append(importing.import_files(other, [folder])))
        line(f"brat in: {what}", made[0].annotations / watched.seconds, "/s", None, "at least 20,000")
        line("brat in: memory above idle", watched.megabytes, "MB", None, "under 200 MB")


def _out(folder: Path) -> tuple[float, float]:
    """Seconds and MB of an export of ``case.anno``."""
    with projects.open_project(folder / "case.anno") as project:
        watched = Watched(lambda: exporting.export(project, folder / "out.jsonl", "jsonl"))
    return watched.seconds, watched.megabytes


def _in(folder: Path) -> tuple[float, float]:
    """Seconds and MB of an import of what was exported, into a new project."""
    with projects.create(folder / "other.anno") as other:
        watched = Watched(lambda: importing.import_files(other, [folder / "out.jsonl"]))
    return watched.seconds, watched.megabytes


def _rehearsed(folder: Path) -> tuple[float, float]:
    """Seconds and MB of a dry run of the same import."""
    with projects.create(folder / "rehearsed.anno") as other:
        watched = Watched(lambda: importing.import_files(other, [folder / "out.jsonl"], dry_run=True))
    return watched.seconds, watched.megabytes


def _afresh(work: Callable[[Path], tuple[float, float]], folder: Path) -> tuple[float, float]:
    """``work`` in a process of its own: one that has done large things before does not rise when it does one more."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, folder).result()


def _growth(sizes: tuple[int, ...]) -> None:
    """How the time of an article changes from small projects to large ones: 1.0 is linear."""
    header("Growth: time for each article with 10 annotations, against that in the smallest project")
    first: tuple[float, float] | None = None
    for articles in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            project_of(folder / "case.anno", articles, 10).close()
            out_seconds, out_megabytes = _afresh(_out, folder)
            in_seconds, in_megabytes = _afresh(_in, folder)
            rehearsed_seconds, rehearsed_megabytes = _afresh(_rehearsed, folder)
            each = out_seconds / articles * 1000, in_seconds / articles * 1000
            first = first or each
            line(f"jsonl out, {articles:,} articles, each", each[0], "ms", first[0], "ratio <= 1.2")
            line(f"jsonl in, {articles:,} articles, each", each[1], "ms", first[1], "ratio <= 1.2")
            line(f"jsonl out: memory above idle, {articles:,} articles", out_megabytes, "MB", None, "under 200 MB")
            line(f"jsonl in: memory above idle, {articles:,} articles", in_megabytes, "MB", None, "under 200 MB")
            line(f"jsonl in as a dry run, {articles:,} articles", rehearsed_seconds, "s", in_seconds)
            line(f"dry run: memory above idle, {articles:,} articles", rehearsed_megabytes, "MB", None, "under 200 MB")


if __name__ == "__main__":
    is_large = "--large" in sys.argv
    measure()
    _growth((1_000, 10_000, 100_000) if is_large else (1_000, 10_000))
