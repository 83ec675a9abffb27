"""How numbers and lists are put into a sentence."""

from collections.abc import Sequence


def counted(number: int, noun: str) -> str:
    """``1 document``, ``10,000 documents``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(words: Sequence[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)
