"""Features: typed extra values on annotations, checked against their definitions."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from annotator.domain.errors import InvalidValue
from annotator.domain.json_values import is_too_deep
from annotator.domain.records import FeatureRecord


def checked_features(values: Mapping[str, Any], definitions: Iterable[FeatureRecord]) -> dict[str, Any]:
    """Return ``values`` without empty ones, each converted as its definition requires. Raise InvalidValue.

    A value without a definition is kept as it is, because files of other tools have features that are not defined here.
    """
    defined = {feature.name: feature for feature in definitions}
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if value is None or value == "":
            continue
        checked[name] = _checked(defined[name], value) if name in defined else _kept(name, value)
    return checked


def _kept(name: str, value: Any) -> Any:
    try:
        kept = json.loads(json.dumps(value, allow_nan=False))
        if is_too_deep(kept):
            raise ValueError
        return kept
    except (TypeError, ValueError, RecursionError):
        raise InvalidValue(f"{value!r} is not a value for {name}: give a text, a number, or yes or no.") from None


def _checked(feature: FeatureRecord, value: Any) -> Any:
    if feature.kind == "choice" and value not in feature.choices:
        raise InvalidValue(f"{value!r} is no {feature.name}: use one of {', '.join(feature.choices)}.")
    if feature.kind == "flag" and not isinstance(value, bool):
        raise InvalidValue(f"{value!r} is not a value for {feature.name}: it is yes or no.")
    if feature.kind == "number" and (
        isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value)
    ):
        raise InvalidValue(f"{value!r} is not a value for {feature.name}: give a number.")
    if feature.kind in ("text", "link") and not isinstance(value, str):
        raise InvalidValue(f"{value!r} is not a value for {feature.name}: give a text.")
    if feature.kind == "link" and not value.lower().startswith(("https://", "http://", "file://")):
        raise InvalidValue(f"{value!r} is not a link for {feature.name}: begin it with https://, http:// or file://.")
    return value
