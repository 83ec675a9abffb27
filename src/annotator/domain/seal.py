"""The seal of a project: number and hash of the last entry of its log, from which a later state must continue."""

import re
from typing import NamedTuple

from annotator.domain.errors import InvalidValue

MIN_DIGITS = 16
"""Hexadecimal digits of a hash that identify it: 64 bits, too many to find a second one by trial."""

WORDS = tuple(
    (
        "able acid actor acute adult agent alarm album amber angle ankle apple april apron arena armor arrow atlas "
        "attic audio autumn award bacon badge baker bamboo banana banjo barrel basin basket beach beard beaver bench "
        "berry bishop blade blanket blossom board boat bonus border bottle boulder bracket branch bread brick bridge "
        "broom brother bucket bundle butter button cabin cable cactus camel candle canoe canvas carbon carpet castle "
        "cattle cedar cement center chain chapter cherry chest chimney circle citizen clay clinic clock cloud clover "
        "coach coast cobalt coffee column comet compass copper coral corner cotton cradle crater cream cricket crown "
        "crystal curtain cushion dagger daisy dancer debate desert diamond dinner dolphin donkey dragon drawer dream "
        "driver drum eagle earth easel echo editor elbow elder elephant ember empire engine envelope equator event "
        "exile fabric falcon farmer feather ferry fiddle figure filter finger flag flame flute forest fossil fountain "
        "frame frost furnace galaxy garden garlic gate gentle giant ginger glacier globe glove goat grain granite "
        "grape gravel guitar hammer harbor harvest hazel helmet hermit heron hotel humor hunter idea igloo index "
        "insect iron island ivory jacket jaguar jelly jewel journal judge jungle kettle kidney kitchen kitten ladder "
        "lagoon lake lantern lemon lesson lettuce lily limestone linen lizard lobster machine magnet maple marble "
        "market meadow medal melon mirror mitten monkey mosaic museum mustard napkin needle nickel nutmeg oasis ocean "
        "olive onion orbit orchid organ otter oven oyster paddle palace panther paper parade parcel parrot pearl "
        "pebble pencil pepper piano pigeon pillow pilot planet plaster pocket poet pony portal potato prism"
    ).split()
)
"""Plain words, one for each value of a byte, in the order of the alphabet."""

SHOWN_WORDS = 12
"""Number of words of a printed seal: 96 bits."""


class Seal(NamedTuple):
    """Number and hash of an entry of the log; the hash may be its beginning."""

    number: int
    hash: str

    @property
    def words(self) -> str:
        """The first twelve bytes of the hash as words, which are easier to compare and to copy from paper."""
        return " ".join(WORDS[byte] for byte in bytes.fromhex(self.hash)[:SHOWN_WORDS])

    def __str__(self) -> str:
        """Return the seal in the form that ``annotator check --expect`` accepts."""
        return f"{self.number}:{self.hash}"


def read_seal(stated: str) -> Seal:
    """Return a seal from ``NUMBER:HASH``; instead of the hash, its first 16 digits or more, or its twelve words.

    Raise InvalidValue.
    """
    number, sign, rest = stated.partition(":")
    words = rest.casefold().split()
    if len(words) == SHOWN_WORDS and all(word in WORDS for word in words):
        rest = bytes(WORDS.index(word) for word in words).hex()
    digits = rest.strip().casefold()
    is_sound = re.fullmatch(rf"[0-9a-f]{{{MIN_DIGITS},64}}", digits)
    if not sign or not re.fullmatch(r"\s*[0-9]{1,18}\s*", number) or not is_sound:
        raise InvalidValue(
            f"{stated!r} is not a seal: give NUMBER:HASH, with {MIN_DIGITS} digits of the hash or more, or with its "
            f"{SHOWN_WORDS} words."
        )
    return Seal(int(number), digits)
