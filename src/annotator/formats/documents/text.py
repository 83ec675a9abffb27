"""Plain text: one article for each file, in any recognisable encoding."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from annotator.formats.base import Article, Format, Incoming
from annotator.formats.reading.article_structure import structured
from annotator.formats.reading.decoding import SIZE_LIMIT, decoded, read_bytes


def read(path: Path, limit: int = SIZE_LIMIT) -> Iterator[Incoming]:
    """Yield the article of a text file of at most ``limit`` bytes. Raise ImportRefused where it is not text."""
    data = read_bytes(path, limit)
    name = path.name
    text = decoded(data, name).text
    title, structure = structured(text, name)
    yield Article(
        title=title,
        text=text,
        structure=structure,
        origin_path=str(path),
        origin_format=FORMAT.id,
        origin_sha256=hashlib.sha256(data).hexdigest(),
    )


FORMAT = Format(
    id="text",
    name="Plain text",
    suffixes=(".txt", ".text"),
    read=read,
    example="article.txt",
)
