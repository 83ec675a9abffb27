"""Commands that search documents, and annotate what is found."""

from typing import Annotated

import typer

from annotator.cli.opened_project import opened
from annotator.cli.output import print_json, print_table, progress, say
from annotator.cli.parameters import DryRun, File, Json, OnlyDocuments
from annotator.domain.errors import NotFound
from annotator.domain.wording import counted
from annotator.nlp.text.text_search import Query
from annotator.services.annotations.annotating import find_label
from annotator.services.search import occurrences, searching
from annotator.services.sources import sources

Regex = Annotated[bool, typer.Option("--regex", help="The query is a regular expression.")]
Word = Annotated[bool, typer.Option("--word", help="Whole words only.")]
Case = Annotated[bool, typer.Option("--case", help="Capital and small letters differ.")]


def search(
    file: File,
    query: Annotated[str, typer.Argument(help='Words, "a phrase", or the beginning of a word*.')],
    regex: Regex = False,
    word: Word = False,
    case: Case = False,
    limit: Annotated[int, typer.Option(help="How many hits at most.", min=1)] = 50,
    json: Json = False,
) -> None:
    """Search all documents.

    Prints each hit in its context; a query is words, "phrases" and beginnings*, and all must occur. With an option it
    is searched for literally.
    """
    with opened(file) as project:
        hits = searching.search(project, query, regex=regex, whole_word=word, match_case=case, limit=limit)
    if json:
        print_json([{**hit._asdict(), "span": list(hit.span)} for hit in hits])
        return
    rows = [(hit.document_id, hit.title, f"{hit.before}[{hit.match}]{hit.after}") for hit in hits]
    print_table(counted(len(hits), "hit"), ("document", "title", "context"), rows)


def annotate_all(
    file: File,
    query: Annotated[str, typer.Argument(help="The words to search for, as in the text.")],
    label: Annotated[str, typer.Option(help="The label to give.")],
    regex: Regex = False,
    word: Word = False,
    case: Case = False,
    lemma: Annotated[bool, typer.Option("--lemma", help="Every form of the words (English).")] = False,
    document: OnlyDocuments = None,
    skip: Annotated[
        str, typer.Option(help="Skip what overlaps an annotation of the same label, any or none.")
    ] = "label",
    source: Annotated[str, typer.Option(help="The source, by its name in the registry.")] = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Annotate every occurrence of words.

    All of it is one step of undo.
    """
    with opened(file, write=not dry_run) as project, progress("Annotating") as shown:
        chosen = find_label(project.read.labels.all(), label)
        for id in document or ():
            project.read.documents.one(id)
        said_by = None
        if source and (said_by := sources.find(project, source)) is None:
            raise NotFound(f"There is no source {source!r} in the project: enter it first.")
        report = occurrences.annotate_all(
            project,
            searching.finder_of(Query(query, word, case, regex, lemma)),
            chosen.id,
            sorted(set(document)) if document else None,
            skip=skip,
            source_id=said_by.id if said_by else None,
            dry_run=dry_run,
            progress=shown,
        )
    if json:
        print_json(report._asdict())
    else:
        say(report.sentence(chosen.name))
