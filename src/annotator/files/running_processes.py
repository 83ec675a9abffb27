"""Whether a process whose mark is in the name of a file is still running.

A mark is ``HOST-PID-START``: a digest of the machine, the process number, and a digest of the time at which the process
started, because the system reuses the number of an ended process.
"""

import os
import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

MARK = r"[0-9a-f]{8}-[0-9]{1,10}-[0-9a-f]{12}"
"""The pattern of a mark."""

_STILL_ACTIVE = 259
_ERROR_ACCESS_DENIED = 5
_UNKNOWN = "000000000000"


def mark_of_this_process() -> str:
    """Return the mark of the calling process."""
    return _mark_of(os.getpid())


@cache
def _mark_of(pid: int) -> str:
    # Cached by process number, because a forked child inherits the cache.
    return f"{_host()}-{pid}-{_start_of(pid) or _UNKNOWN}"


def has_ended(mark: str) -> bool | None:
    """Return whether the process of ``mark`` has ended; None where this cannot be determined from here."""
    host, pid, start = mark.split("-")
    if host != _host() or start == _UNKNOWN:
        return None
    found = _start_of(int(pid))
    return None if found is None else found != start


@cache
def _host() -> str:
    """Return a digest that identifies this machine, and this container on it."""
    import platform

    parts = [platform.node()]
    with suppress(OSError, ValueError):
        parts.append(Path("/etc/machine-id").read_text(encoding="ascii"))
    with suppress(OSError):
        # Process numbers are valid only within their namespace.
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _start_of(pid: int) -> str | None:
    """Return a digest of the time at which a process started: "" where none is running, None where that is unknown."""
    started = _started(pid)
    return sha256(started.encode()).hexdigest()[:12] if started else started


if sys.platform == "win32":

    def _started(pid: int) -> str | None:
        # Not os.kill(pid, 0), which on Windows ends the process.
        import ctypes
        from ctypes import wintypes

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = wintypes.HANDLE
        query_limited_information = 0x1000
        handle = kernel.OpenProcess(query_limited_information, False, pid)
        if not handle:
            return None if ctypes.get_last_error() == _ERROR_ACCESS_DENIED else ""
        handle = wintypes.HANDLE(handle)
        try:
            code, times = wintypes.DWORD(), [wintypes.FILETIME() for _ in range(4)]
            if not kernel.GetExitCodeProcess(handle, ctypes.byref(code)):
                return None
            if code.value != _STILL_ACTIVE:
                return ""
            if not kernel.GetProcessTimes(handle, *(ctypes.byref(time) for time in times)):
                return None
            return f"{times[0].dwHighDateTime}:{times[0].dwLowDateTime}"
        finally:
            kernel.CloseHandle(handle)

else:

    def _started(pid: int) -> str | None:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return ""
        except OverflowError:
            return ""
        except PermissionError:
            pass
        if sys.platform == "darwin":
            return _started_on_macos(pid)
        try:
            # The name of the program, which may contain any characters, precedes these fields in parentheses.
            fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
            state, ticks = fields[0], fields[19]
        except (OSError, IndexError, ValueError):
            return None
        # A zombie: it was killed, and its parent has not read its exit code yet.
        return "" if state in {b"Z", b"X"} else f"{boot}:{ticks.decode()}"

    def _started_on_macos(pid: int) -> str | None:
        import ctypes

        # sysctl kern.proc.pid.PID returns a kinfo_proc, which begins with the start time in seconds and microseconds.
        try:
            name = (ctypes.c_int * 4)(1, 14, 1, pid)
            found = ctypes.create_string_buffer(1024)
            size = ctypes.c_size_t(len(found))
            library = ctypes.CDLL(None)
            if library.sysctl(name, 4, found, ctypes.byref(size), None, 0) or size.value < 16:
                return None
        except (OSError, AttributeError):
            return None
        return found.raw[:16].hex()
