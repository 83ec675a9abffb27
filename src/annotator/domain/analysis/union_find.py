"""Union-find: keys that are connected pair by pair, and the groups that follow, with path halving."""

from typing import Generic, TypeVar

Key = TypeVar("Key", str, int)


class UnionFind(Generic[Key]):
    """Groups of keys: each key is in its own group until it is united with another one."""

    def __init__(self) -> None:
        self._parents: dict[Key, Key] = {}

    def find(self, key: Key) -> Key:
        """Return the smallest key of the group that contains ``key``."""
        parents = self._parents
        parents.setdefault(key, key)
        while parents[key] != key:
            parents[key] = key = parents[parents[key]]
        return key

    def union(self, one: Key, other: Key) -> bool:
        """Unite the groups of two keys; return whether they were different."""
        first, second = sorted((self.find(one), self.find(other)))
        self._parents[second] = first
        return first != second
