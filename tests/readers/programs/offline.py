"""Runs the program named first with the arguments that follow, in a process that cannot leave this machine."""

import runpy
import socket
import sys
from typing import Any, NoReturn


def refuse(*arguments: Any, **options: Any) -> NoReturn:
    raise OSError("A check of an export asked for the network.")


socket.socket.connect = socket.socket.connect_ex = refuse  # type: ignore[method-assign]  # replaced on purpose
socket.getaddrinfo = socket.create_connection = refuse
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
