"""JSON values of a project file: decoded with a limit on their depth, so that no file can exhaust the stack."""

from collections.abc import Iterable
from typing import Any

import msgspec

MAX_DEPTH = 100
"""Maximum levels of lists and objects in one value.

Encoders and copies recurse, and Python allows about 1,000 levels.
"""

_decode = msgspec.json.Decoder().decode


def decode_json(stored: object) -> Any:
    """Return the value of JSON text from a project file.

    Raise ValueError where ``stored`` is not text, not JSON (NaN and infinity are not), or is nested deeper than
    ``MAX_DEPTH`` levels.
    """
    if type(stored) is not str:
        raise ValueError("a value that should be JSON is not a text")
    try:
        value = _decode(stored)
    except msgspec.MsgspecError as error:
        raise ValueError(f"no JSON: {error}") from None
    except RecursionError:
        raise ValueError(f"JSON of more than {MAX_DEPTH} levels") from None
    # Each level needs an opening and a closing bracket.
    if len(stored) > 2 * MAX_DEPTH and stored.count("[") + stored.count("{") > MAX_DEPTH and is_too_deep(value):
        raise ValueError(f"JSON of more than {MAX_DEPTH} levels")
    return value


def is_too_deep(value: object) -> bool:
    """Return whether lists and objects in ``value`` are nested deeper than ``MAX_DEPTH`` levels."""
    nested = [value] if isinstance(value, _NESTED) else []
    for _ in range(MAX_DEPTH):
        if not nested:
            return False
        nested = [inner for outer in nested for inner in _items(outer) if isinstance(inner, _NESTED)]
    return bool(nested)


_NESTED = (dict, list, tuple)


def _items(outer: Any) -> Iterable[Any]:
    return outer.values() if isinstance(outer, dict) else outer
