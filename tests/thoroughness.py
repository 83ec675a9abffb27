"""How many examples are tried: few by ``make test``, many by ``make thorough``, which sets ANNOTATOR_THOROUGH."""

import os

IS_THOROUGH = bool(os.environ.get("ANNOTATOR_THOROUGH"))


def examples(few: int, many: int) -> int:
    """How many examples a test tries."""
    return many if IS_THOROUGH else few
