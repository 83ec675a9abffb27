"""Text in XML 1.0, which cannot hold most control characters, nor U+FFFE and U+FFFF."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.domain.wording import counted

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def fits(text: str) -> bool:
    """Return whether XML can hold ``text`` as it is."""
    return _FORBIDDEN.search(text) is None


def serialised(root: Any) -> bytes:
    """Return a document whose elements hold only elements or only text, with indented lines."""
    from lxml import etree

    etree.indent(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"


class Fitting:
    """A filter that passes to a writer of XML only what XML can hold, and counts the rest.

    A document whose text has such a character is left out, because every offset after an escape would be wrong; in all
    other fields the character becomes U+FFFD, the replacement character of Unicode.
    """

    def __init__(self) -> None:
        self._documents = 0
        self._values = 0

    def documents(
        self, documents: Iterable[tuple[DocumentRecord, Sequence[AnnotationRecord]]]
    ) -> Iterator[tuple[DocumentRecord, Sequence[AnnotationRecord]]]:
        """Yield the documents whose texts XML can hold."""
        for document, annotations in documents:
            if fits(document.text):
                yield document, annotations
            else:
                self._documents += 1

    def value(self, text: str) -> str:
        """Return ``text`` as XML can hold it."""
        if fits(text):
            return text
        self._values += 1
        return _FORBIDDEN.sub("\ufffd", text)

    def losses(self) -> list[str]:
        """Return a line for each kind of loss."""
        losses = []
        if self._documents:
            losses.append(
                f"{counted(self._documents, 'document')} left out: the text has control characters, which XML "
                "cannot hold"
            )
        if self._values:
            losses.append(f"{counted(self._values, 'value')} with control characters, which were replaced by “\ufffd”")
        return losses
