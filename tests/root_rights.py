"""Permissions of files that hold for root, too: most machines that run tests do it as root."""

import ctypes
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

_VERSION = 0x20080522
# The rights to pass over all permissions, and over those to read and to search.
_PASS_OVER = 1 << 1 | 1 << 2


def call_with_permissions(work: Callable[[], None]) -> None:
    """Call ``work`` so that permissions hold, in a thread that gives up the rights of root; skip where that fails."""
    if os.name == "nt" or (os.geteuid() == 0 and sys.platform != "linux"):
        pytest.skip("Permissions do not hold for this user of this system.")
    if os.geteuid() != 0:
        work()
        return
    # What a thread gives up, it has given up for good; the others keep it.
    with ThreadPoolExecutor(1) as other:
        if not other.submit(_give_up).result():
            pytest.skip("The system does not let root give up its rights.")
        other.submit(work).result()


def _give_up() -> bool:
    system = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION, 0)
    # Twice what is effective, what is permitted and what is inherited: the first 32 rights, and the others.
    rights = (ctypes.c_uint32 * 6)()
    if system.capget(header, rights) != 0:
        return False
    for place in range(3):
        rights[place] &= ~_PASS_OVER
    return bool(system.capset(header, rights) == 0)
