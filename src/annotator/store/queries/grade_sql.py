"""Parts of SQL that select grades."""


def letter_in_force(source: str) -> str:
    """Return SQL for the letter in force of a source, whose id the column ``source`` holds.

    It is the latest assessment by date of those about everything; where all are about a topic, the latest of them.
    """
    return (
        f"(SELECT reliability FROM assessment WHERE source_id = {source} "
        "ORDER BY topic <> '', made_on DESC, id DESC LIMIT 1)"
    )


def letter_of_annotation(annotation: str = "a", document: str = "d") -> str:
    """Return SQL for the letter that counts for an annotation: its own, its source's, or its document's."""
    return (
        f"coalesce({annotation}.reliability, CASE WHEN {annotation}.source_id IS NULL "
        f"THEN coalesce({document}.reliability, {letter_in_force(f'{document}.source_id')}) "
        f"ELSE {letter_in_force(f'{annotation}.source_id')} END)"
    )
