"""Near-duplicates: documents that share at least half of all runs of five words that occur in either.

The measure is Jaccard's. Candidates are found by MinHash and locality-sensitive hashing (Broder 1997; Indyk and Motwani
1998), and each is verified on its whole text. The probability of missing a pair is 4 % exactly at the threshold, 0.1 %
where 55 % is shared, and negligible above.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Signatures = NDArray[np.uint32]
    Rows = NDArray[np.intp]

THRESHOLD = 0.5
"""The Jaccard similarity from which two documents are near-duplicates."""

SHINGLE = 5
"""Words in a run that is compared."""

_ROWS = 3
"""Numbers of a signature in a band: texts are compared where all of them are equal in some band."""

_BANDS = 32
"""Bands of a signature. The Jaccard similarity s of two texts makes them equal in one with chance 1 - (1 - s^3)^32."""

_MIN_SIGNATURE_SHARE = THRESHOLD - 0.1
"""Share that two signatures must have in common before the texts are compared: two standard errors below the
threshold.
"""

_MAX_MISSES = 3
"""Texts that a text is compared with without success, the most similar first, before the others of a bucket are
skipped.

It bounds the work where thousands of texts are almost near-duplicates.
"""

_FIRST_COMPARED = 8
"""Documents of a large bucket that are compared with all others of it before the bucket is divided."""

_MAX_BUCKET = 1000
"""Documents of a bucket that are compared pairwise; a larger bucket is first divided by further bands."""

_KEPT_TEXTS = 2000
"""Texts whose runs of words stay in memory."""

_BLOCK = 256
"""Runs of words that are put into all orders at once, so that the numbers fit into the cache of the processor."""

# In scripts without spaces each character counts as a word.
_UNSPACED = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PUNCTUATION = re.compile(r"[^\w\s]+")
_LONG_WORD = 64
"""Bytes of a word that have different factors in its hash; in a longer word the factors repeat."""

_UNSPACED_CHARACTER = re.compile(f"[{_UNSPACED}\U00020000-\U0003ffff]")

Progress = Callable[[int, int, str], None]


def near_duplicates(
    texts: Callable[[], Iterable[tuple[int, str]]],
    text_of: Callable[[int], str],
    total: int,
    progress: Progress | None = None,
) -> Iterator[tuple[int, int]]:
    """Yield pairs of ids that connect each document with its near-duplicates: enough to join them, not every pair.

    Memory grows by some 400 bytes for each document, whatever its length.
    """
    import numpy as np

    shingles = Shingles()
    signer = _Signer()
    ids: list[int] = []
    signatures = np.empty((total, signer.size), dtype=np.uint32)
    for number, (id, text) in enumerate(texts()):
        if progress is not None:
            progress(number, total, "Looking for near-duplicates")
        ids.append(id)
        signatures[number] = signer.signature(shingles.of(text))
    kept: OrderedDict[int, Hashes] = OrderedDict()

    def hashes(row: int) -> "Hashes":
        if row in kept:
            kept.move_to_end(row)
            return kept[row]
        kept[row] = found = shingles.of(text_of(ids[row]))
        if len(kept) > _KEPT_TEXTS:
            kept.popitem(last=False)
        return found

    def are_near(one: int, other: int) -> bool:
        first, second = hashes(one), hashes(other)
        return similarity(first, second) >= THRESHOLD

    for one, other in _Pairs(signatures[: len(ids)], are_near).found(progress):
        yield ids[one], ids[other]


def similarity(one: "Hashes", other: "Hashes") -> float:
    """Return Jaccard's index: the share of the runs of words in either text that both have; 0 for texts without
    words.
    """
    import numpy as np

    shared = int(np.intersect1d(one, other, assume_unique=True).size)
    return shared / max(1, one.size + other.size - shared)


class Shingles:
    """The runs of words of a text, as a sorted set of numbers; case and marks between words are ignored."""

    def __init__(self) -> None:
        import numpy as np

        codes = np.arange(256)
        self._is_letter = (codes >= 0x80) | np.isin(codes, list(b"0123456789abcdefghijklmnopqrstuvwxyz"))
        self._places = _mixed(np.arange(1, _LONG_WORD + 1, dtype=np.uint64)) | np.uint64(1)
        self._factors = _mixed(np.arange(1, SHINGLE + 1, dtype=np.uint64)) | np.uint64(1)

    def of(self, text: str) -> "Hashes":
        """Return the runs of a text: sorted 64-bit hashes, each once."""
        import numpy as np

        words = self._words(text)
        length = max(1, min(SHINGLE, words.size))
        runs = np.zeros(max(0, words.size - length + 1), dtype=np.uint64)
        for place in range(length):
            runs += words[place : place + runs.size] * self._factors[place]
        runs = _mixed(runs)
        # Faster than np.unique, which hashes them first.
        runs.sort()
        is_new: NDArray[np.bool_] = np.diff(runs, prepend=~runs[:1]) != 0
        return runs[is_new]

    def _words(self, text: str) -> "Hashes":
        """Return a number for each word, computed from its characters and their places in it."""
        import numpy as np

        text = text.casefold()
        if not text.isascii():
            text = _UNSPACED_CHARACTER.sub(r" \g<0> ", _PUNCTUATION.sub(" ", text))
        raw = np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)
        inside = self._is_letter[raw]
        begins = inside.copy()
        begins[1:] &= ~inside[:-1]
        letters = raw[inside].astype(np.uint64) + np.uint64(1)
        firsts = np.flatnonzero(begins[inside])
        if not firsts.size:
            return np.empty(0, dtype=np.uint64)
        lengths = np.diff(firsts, append=letters.size)
        places = np.arange(letters.size) - np.repeat(firsts, lengths)
        return _mixed(np.add.reduceat(letters * self._places[places % _LONG_WORD], firsts))


def _mixed(numbers: "Hashes") -> "Hashes":
    """Return numbers whose bits all depend on all bits (the finaliser of SplitMix64)."""
    import numpy as np

    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


class _Signer:
    """MinHash: for each of many random orders of all runs of words, the first run that a text contains."""

    size = _ROWS * _BANDS

    def __init__(self) -> None:
        import numpy as np

        seeds = _mixed(np.arange(1, 2 * self.size + 1, dtype=np.uint64))
        low = (seeds & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        self._factors = (low[: self.size] | np.uint32(1))[:, None]
        self._terms = low[self.size :][:, None]
        self._orders = np.empty((self.size, _BLOCK), dtype=np.uint32)

    def signature(self, hashes: "Hashes") -> "Signatures":
        import numpy as np

        low = (hashes >> np.uint64(32)).astype(np.uint32)
        found = np.full(self.size, 0xFFFFFFFF, dtype=np.uint32)
        for start in range(0, low.size, _BLOCK):
            block = low[start : start + _BLOCK]
            orders = self._orders[:, : block.size]
            np.multiply(self._factors, block, out=orders)
            orders += self._terms
            np.minimum(found, orders.min(axis=1), out=found)
        return found


class _Pairs:
    """Finds the pairs of near rows, band by band; rows that are joined already are not compared again."""

    def __init__(self, signatures: "Signatures", are_near: Callable[[int, int], bool]) -> None:
        import numpy as np

        self._signatures = signatures
        self._are_near = are_near
        self._leaders = np.arange(len(signatures))
        self._members: dict[int, list[int]] = {}

    def found(self, progress: Progress | None) -> "Iterator[tuple[int, int]]":
        import numpy as np

        # Texts without a word are near-duplicates of nothing.
        rows = np.flatnonzero((self._signatures != 0xFFFFFFFF).any(axis=1))
        for band in range(_BANDS):
            if progress is not None:
                progress(band, _BANDS, "Comparing near-duplicates")
            yield from self._in_band(rows, band, 1)

    def _in_band(self, rows: "Rows", band: int, depth: int) -> "Iterator[tuple[int, int]]":
        for bucket in self._buckets(rows, band):
            # Of many similar texts, such as daily bulletins, the first ones join the most.
            for _ in range(_FIRST_COMPARED):
                if bucket.size <= _MAX_BUCKET:
                    break
                yield from self._near(bucket[0], bucket[1:])
                bucket = bucket[self._leaders[bucket] != self._leaders[bucket[0]]]
            if bucket.size > _MAX_BUCKET and depth < _BANDS:
                yield from self._in_band(bucket, band + 1, depth + 1)
                continue
            for first in range(0, bucket.size, _MAX_BUCKET):
                piece = bucket[first : first + _MAX_BUCKET]
                for place, row in enumerate(piece):
                    yield from self._near(row, piece[place + 1 :])

    def _buckets(self, rows: "Rows", band: int) -> "list[Rows]":
        """Return rows that are equal in a band."""
        import numpy as np

        start = band % _BANDS * _ROWS
        keys = self._signatures[rows, start : start + _ROWS].astype(np.uint64)
        joint = _mixed(_mixed(_mixed(keys[:, 0]) + keys[:, 1]) + keys[:, 2])
        order = np.argsort(joint, kind="stable")
        starts = np.flatnonzero(np.diff(joint[order], prepend=joint[order[:1]] + np.uint64(1)))
        edges = pairwise(np.append(starts, order.size))
        return [rows[order[first:last]] for first, last in edges if last - first > 1]

    def _near(self, row: "np.intp", others: "Rows") -> "Iterator[tuple[int, int]]":
        """Join ``row`` with those of ``others`` that are near it, the most similar first."""
        leaders = self._leaders
        others = others[leaders[others] != leaders[row]]
        alike = (self._signatures[others] == self._signatures[row]).sum(axis=1)
        likely = alike >= _MIN_SIGNATURE_SHARE * self._signatures.shape[1]
        misses = 0
        for other in others[likely][(-alike[likely]).argsort(kind="stable")].tolist():
            if leaders[other] == leaders[row]:
                continue
            if self._are_near(int(row), other):
                yield int(row), other
                self._join(int(leaders[row]), int(leaders[other]))
            elif (misses := misses + 1) == _MAX_MISSES:
                return

    def _join(self, one: int, other: int) -> None:
        first, second = self._members.pop(one, [one]), self._members.pop(other, [other])
        if len(first) < len(second):
            one, first, second = other, second, first
        self._leaders[second] = one
        first += second
        self._members[one] = first
