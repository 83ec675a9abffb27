"""What XML 1.0 can hold of a text: nearly everything, but no control characters and neither U+FFFE nor U+FFFF."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from annotator.domain.records import AnnotationRecord, DocumentRecord
from annotator.formats.overlap_policy import counted

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def fits(text: str) -> bool:
    """Whether XML can hold ``text`` as it is."""
    return _FORBIDDEN.search(text) is None


def serialised(root: Any) -> bytes:
    """A document whose elements hold nothing but elements or text, in lines of its own."""
    from lxml import etree

    etree.indent(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"


class Fitting:
    """Passes to a writer of XML what XML can hold, and counts what it cannot.

    A document whose text has such a character is left out, because every offset behind an escape would lie; in all
    else that is said of it the character becomes U+FFFD, which is what Unicode has for it.
    """

    def __init__(self) -> None:
        self._documents = 0
        self._values = 0

    def documents(
        self, documents: Iterable[tuple[DocumentRecord, Sequence[AnnotationRecord]]]
    ) -> Iterator[tuple[DocumentRecord, Sequence[AnnotationRecord]]]:
        """The documents whose texts XML can hold."""
        for document, annotations in documents:
            if fits(document.text):
                yield document, annotations
            else:
                self._documents += 1

    def value(self, text: str) -> str:
        """``text`` as XML can hold it."""
        if fits(text):
            return text
        self._values += 1
        return _FORBIDDEN.sub("\ufffd", text)

    def losses(self) -> list[str]:
        """A line for each kind of loss."""
        losses = []
        if self._documents:
            losses.append(
                f"{counted(self._documents, 'document')} left out: the text has control characters, which XML "
                "cannot hold"
            )
        if self._values:
            losses.append(f"{counted(self._values, 'value')} with control characters, which were replaced by “\ufffd”")
        return losses
