"""Methods of ``Project`` for import and export."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from annotator.api.project_base import PathLike, ProjectBase
from annotator.domain.errors import (
    ImportRefused,
)
from annotator.domain.records import DocumentRecord as Document
from annotator.formats import registry
from annotator.services.exports import exporting
from annotator.services.exports.dataset_card import NO_LICENSE
from annotator.services.exports.exporting import ExportReport
from annotator.services.exports.selection import Selection
from annotator.services.imports import importing
from annotator.services.imports.report import ImportReport


class ExchangeMethods(ProjectBase):
    """Import and export: files in any format, both ways."""

    def import_files(
        self,
        paths: Iterable[PathLike] | PathLike,
        format: str = "auto",
        *,
        source: str = "",
        recursive: bool = False,
        label_map: Mapping[str, str] | None = None,
        add_labels: Iterable[str] = (),
        columns: Mapping[str, str] | None = None,
        update: bool = False,
    ) -> list[Document]:
        """Import files and folders; return the new documents. ``last_import`` lists what was refused.

        ``format``: see ``annotator formats``; recognised by default. ``source``: the outlet of documents that name
        none. ``recursive``: also folders within folders. ``label_map``: labels of the project by the labels of the
        files; annotations whose label is mapped to an empty name are left out. ``add_labels``: labels to add where the
        project lacks them. ``columns``: the column of each field, such as ``{"text": "Body"}``, for files that are
        tables.

        JSON Lines of a colleague are compared with the project: ``last_import.differences`` lists the differences,
        field by field. ``update``: what is newer there is taken over, and what was removed there is removed, as part of
        the one step; without it, the values of this project are kept. Raise ImportRefused where nothing could be
        imported, NotFound where a label of ``label_map`` does not exist.
        """
        given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
        report = importing.import_files(
            self._stored,
            map(Path, given),
            format=format,
            source=source,
            recursive=recursive,
            label_map=label_map,
            add_labels=add_labels,
            columns=columns,
            update=update,
        )
        self.last_import = report
        if report.refused and not (report.documents or report.duplicates or report.annotations):
            first = report.refused[0]
            raise ImportRefused(f"{first.path}: {first.place + ': ' if first.place else ''}{first.reason}")
        return self._read_back(lambda: list(self._stored.read.documents.all(report.documents)))

    def import_annotations(self, path: PathLike, format: str = "auto", *, update: bool = False) -> ImportReport:
        """Import a file that has annotations; existing documents get the annotations that they lack.

        ``format``, ``update``: as in ``import_files``. Return the report, which lists what was refused.
        """
        self.last_import = importing.import_files(self._stored, [Path(path)], format=format, update=update)
        return self.last_import

    def export(
        self,
        path: PathLike,
        format: str = registry.NATIVE_FORMAT.id,
        *,
        labels: Sequence[str] = (),
        statuses: Sequence[str] = (),
        annotators: Sequence[str] = (),
        sources: Sequence[str] = (),
        outlets: Sequence[str] = (),
        published_from: str = "",
        published_to: str = "",
        reliabilities: Sequence[str] = (),
        credibilities: Sequence[int | str] = (),
        created_by: str = "",
        suggestions_from: float | None = None,
        annotated_only: bool = False,
        split: Mapping[str, float] | None = None,
        group_by: str = "document",
        seed: int = 0,
        overlap: str = "",
        options: Mapping[str, str] | None = None,
        card: bool = False,
        license: str = NO_LICENSE,
        dry_run: bool = False,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> ExportReport:
        """Write documents and annotations to ``path``; the report names every loss.

        What is exported: see ``services.exports.selection.Selection``. ``split``, such as ``{"train": 0.8, "dev":
        0.2}``: one file or folder for each part, with its share; documents that ``group_by`` connects are in one part,
        and the same ``seed`` gives the same parts. ``options``: by the names of the format's options, such as
        ``{"tokeniser": "en"}``; ``overlap`` is a shortcut for one of them. ``card``: also write a dataset card that
        names the ``license``. ``dry_run``: write nothing. ``progress``: called with documents done, documents in all,
        and a title. Raise ExportRefused, InvalidValue or NotFound.
        """
        selection = Selection(
            labels=labels,
            statuses=statuses,
            annotators=annotators,
            sources=sources,
            outlets=outlets,
            published_from=published_from,
            published_to=published_to,
            reliabilities=reliabilities,
            credibilities=[str(digit) for digit in credibilities],
            created_by=created_by,
            annotated_only=annotated_only,
            suggestions_from=suggestions_from,
        )
        return exporting.export(
            self._stored,
            Path(path),
            format,
            selection=selection,
            split=split,
            group_by=group_by,
            seed=seed,
            options=exporting.with_overlap(options or {}, overlap, format),
            card=card,
            license=license,
            dry_run=dry_run,
            progress=progress,
        )
