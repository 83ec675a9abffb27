"""A ban on internet sockets by the system: for Qt, for libraries in C, and for every process that is started."""

import ctypes
import errno
import platform
import struct
import sys

_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_INET, _INET6 = 2, 10

# Of each machine: its number for the kernel, and the numbers of the calls socket and seccomp.
_MACHINES = {"x86_64": (0xC000003E, 41, 317), "aarch64": (0xC00000B7, 198, 277)}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def forbid_internet(*, kill: bool = False) -> str:
    """Refuse internet sockets to this process and to all that it starts, for good; of this machine's own, too.

    To ask for one fails with "operation not permitted"; with ``kill`` it ends the process by SIGSYS, so that nobody
    can pass over it. Sockets between processes (AF_UNIX) go on. Returns "", or a sentence why there is no ban here.
    """
    if sys.platform != "linux" or platform.machine() not in _MACHINES or sys.byteorder != "little":
        return "Internet sockets are forbidden by seccomp, which is there on Linux alone."
    machine, socket_call, seccomp_call = _MACHINES[platform.machine()]
    # A program for the kernel: jumps are counted from the line below. The first fields of what it looks at are the
    # number of the call, the machine, and after the address of the call, from byte 16 on, its arguments.
    lines = (
        (_LOAD, 0, 0, 4),
        (_JUMP_IF_EQUAL, 0, 5, machine),
        (_LOAD, 0, 0, 0),
        (_JUMP_IF_EQUAL, 0, 3, socket_call),
        (_LOAD, 0, 0, 16),
        (_JUMP_IF_EQUAL, 2, 0, _INET),
        (_JUMP_IF_EQUAL, 1, 0, _INET6),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _KILL if kill else _REFUSE),
    )
    code = b"".join(struct.pack("HBBI", *line) for line in lines)
    program = _Program(len(lines), code)
    system = ctypes.CDLL(None, use_errno=True)
    if system.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return f"The system refuses seccomp: {errno.errorcode.get(ctypes.get_errno())}."
    if system.syscall(seccomp_call, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(program)) != 0:
        return f"The system refuses seccomp: {errno.errorcode.get(ctypes.get_errno())}."
    return ""
