"""Which keys belong together: union-find with halving of paths."""

from typing import Generic, TypeVar

Key = TypeVar("Key", str, int)


class Ties(Generic[Key]):
    """Keys that are tied one by one, and the groups that come of it."""

    def __init__(self) -> None:
        self._parents: dict[Key, Key] = {}

    def find(self, key: Key) -> Key:
        """The key that stands for all that are tied to ``key``: the least of them."""
        parents = self._parents
        parents.setdefault(key, key)
        while parents[key] != key:
            parents[key] = key = parents[parents[key]]
        return key

    def tie(self, one: Key, other: Key) -> bool:
        """Tie two keys; whether they were apart until now."""
        first, second = sorted((self.find(one), self.find(other)))
        self._parents[second] = first
        return first != second
