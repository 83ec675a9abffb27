"""Tags of tokens: how the schemes of taggers mark the chunks of a sentence.

IOB1 and IOB2 (B begins, I continues; in IOB1 a chunk begins with B only where it follows one of the same type), and
IOBES, also called BIOES and BILOU (E or L ends, S or U is a single token). Chunks are separated as in the CoNLL shared
tasks: a tag that cannot continue a chunk begins one, so that no tag is lost by an error in a scheme.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

OUTSIDE = "O"
SCHEMES = ("iob2", "iobes")
TAG = re.compile(r"O|[BIESLUM]-\S.*")
"""A tag in any of the schemes."""

_BEGINS = ("B", "S", "U")
_ENDS = ("E", "L", "S", "U")


class Chunk(NamedTuple):
    """Tokens ``first`` to ``last - 1`` of a sentence, and the type of their tags."""

    first: int
    last: int
    type: str


def chunks_of(tags: Sequence[str]) -> Iterator[Chunk]:
    """Yield the chunks of a sentence, in any of the schemes."""
    first, type, is_over = 0, "", True
    for place, tag in enumerate([*tags, OUTSIDE]):
        prefix, _, own = tag.partition("-")
        is_outside = tag == OUTSIDE or not own
        if type and (is_outside or is_over or own != type or prefix in _BEGINS):
            yield Chunk(first, place, type)
            type = ""
        if not is_outside:
            if not type:
                first, type = place, own
            is_over = prefix in _ENDS


def tags_of(chunk: Chunk, scheme: str) -> Iterable[str]:
    """Return the tags of the tokens of a chunk."""
    count = chunk.last - chunk.first
    prefixes = ["B"] + ["I"] * (count - 1)
    if scheme == "iobes":
        prefixes = ["S"] if count == 1 else ["B", *["I"] * (count - 2), "E"]
    return [f"{prefix}-{chunk.type}" for prefix in prefixes]
