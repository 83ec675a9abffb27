"""Union-find: groups of keys that belong together, with path halving."""

from typing import Generic, TypeVar

Key = TypeVar("Key", str, int)


class Ties(Generic[Key]):
    """Keys that are connected pair by pair, and the resulting groups."""

    def __init__(self) -> None:
        self._parents: dict[Key, Key] = {}

    def find(self, key: Key) -> Key:
        """Return the smallest key of the group that contains ``key``."""
        parents = self._parents
        parents.setdefault(key, key)
        while parents[key] != key:
            parents[key] = key = parents[parents[key]]
        return key

    def tie(self, one: Key, other: Key) -> bool:
        """Connect two keys; return whether they were in different groups."""
        first, second = sorted((self.find(one), self.find(other)))
        self._parents[second] = first
        return first != second
