"""No internet socket is ever made: not by Qt, not by a library, and not by a process that is started.

The ban is the kernel's (``network_ban.py``). All tests run under it; here whoever asks for such a socket is ended by
it, so that an attempt cannot pass unseen. What it does not see: names that are looked up through another process over
a Unix socket (nscd), which the guard of Python's ``getaddrinfo`` in ``conftest.py`` sees.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import WITHOUT_BAN
from tests.e2e.hostile_project import make_hostile_project

ROOT = Path(__file__).resolve().parent.parent

BANNED = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.network_ban import forbid_internet
reason = forbid_internet(kill=True)
if reason:
    print(reason)
    sys.exit(77)
"""

WINDOW = """
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from annotator.app.application import launch
from annotator.app.shell.docked_views import VIEWS

if __name__ == "__main__":
    window = launch(Path(sys.argv[1]))
    left = [spec.id for spec in VIEWS]

    def go_on():
        if window.jobs.running:
            return
        if left:
            window.show_pane(left.pop())
            return
        words = [toast.text for toast in window.toasts.shown]
        print("shown", words if any("failed" in one for one in words) else "")
        window.close()
        QApplication.exit(0)

    clock = QTimer()
    clock.timeout.connect(go_on)
    clock.start(20)
    window.actions_by_id["suggest.run"].trigger()
    sys.exit(QApplication.exec())
"""

COMMANDS = """
from pathlib import Path
from annotator.main import main

if __name__ == "__main__":
    path, folder = sys.argv[1], Path(sys.argv[2])
    for words in (
        ["check", path],
        ["stats", path],
        ["suggest", path],
        ["search", path, "minister"],
        ["import", path, str(folder / "article.html")],
        ["export", path, str(folder / "out.html"), "--format", "page"],
        ["report", path, str(folder / "report.html")],
        ["report", path, str(folder / "report.pdf")],
        ["screenshot", path, str(folder / "window.png")],
        ["backup", path, str(folder / "copy.anno")],
    ):
        code = main(words)
        print("done", words[0], code)
"""

ATTEMPTS = {
    "python": "import socket; socket.socket()",
    "child": "import subprocess; sys.exit(subprocess.call([sys.executable, '-c', 'import socket; socket.socket()']))",
    "qt": """
from PySide6.QtNetwork import QTcpSocket
made = QTcpSocket()
made.connectToHost("192.0.2.1", 9)
made.waitForConnected(100)
""",
}


def run(tmp_path: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script under the ban that ends whoever asks for a socket; skips the test where there is none."""
    path = tmp_path / "script.py"
    path.write_text(BANNED + script, encoding="utf-8")
    # On its import urllib3, which spaCy brings along, tries whether there is IPv6 by a socket to this machine.
    (tmp_path / "sitecustomize.py").write_text("import socket\nsocket.has_ipv6 = False\n", encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, str(path), *arguments],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    if answer.returncode == 77:
        pytest.skip(answer.stdout.strip())
    return answer


@pytest.mark.parametrize("who", sorted(ATTEMPTS))
def test_an_attempt_ends_the_process(tmp_path: Path, who: str) -> None:
    code = run(tmp_path, ATTEMPTS[who]).returncode
    killed = -getattr(signal, "SIGSYS", 0)
    assert code == (killed % 256 if who == "child" else killed)


def test_all_tests_are_under_the_ban(network_attempts: list[Any]) -> None:
    if WITHOUT_BAN:
        pytest.skip(WITHOUT_BAN)
    with pytest.raises(PermissionError):
        socket.socket()
    assert network_attempts == ["an internet socket"]
    network_attempts.clear()
    ask = "import socket, sys\ntry: socket.socket()\nexcept PermissionError: sys.exit(5)"
    assert subprocess.run([sys.executable, "-c", ask], check=False).returncode == 5
    left, right = socket.socketpair()
    left.close()
    right.close()


def test_qt_is_under_the_ban(qapp: Any) -> None:
    if WITHOUT_BAN:
        pytest.skip(WITHOUT_BAN)
    from PySide6.QtNetwork import QHostAddress, QTcpServer, QUdpSocket

    assert not QTcpServer().listen(QHostAddress(QHostAddress.SpecialAddress.LocalHost))
    assert not QUdpSocket().bind(QHostAddress(QHostAddress.SpecialAddress.LocalHost))


def test_an_address_that_python_asks_for_is_noted(network_attempts: list[Any]) -> None:
    with pytest.raises(Exception, match="no network"):
        socket.getaddrinfo("annotator.invalid", 443)
    assert network_attempts == ["annotator.invalid"]
    network_attempts.clear()
    if WITHOUT_BAN:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outgoing, pytest.raises(Exception, match="no network"):
            outgoing.connect(("192.0.2.1", 9))
        assert network_attempts == [("192.0.2.1", 9)]
        network_attempts.clear()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose every text names something to load from another machine."""
    path = tmp_path / "hostile.anno"
    make_hostile_project(path, "http://192.0.2.1/marker.png")
    return path


def test_the_window_asks_for_none(tmp_path: Path, project: Path) -> None:
    answer = run(tmp_path, WINDOW, str(project))
    assert answer.stdout.split("\n")[-2:] == ["shown ", ""], answer.stderr
    assert answer.returncode == 0, answer.stderr


def test_the_commands_ask_for_none(tmp_path: Path, project: Path) -> None:
    page = '<html><head><link rel="stylesheet" href="http://192.0.2.1/x.css"></head><body><h1>Rain</h1>'
    page += '<p>The minister said that it rains.</p><img src="http://192.0.2.1/x.png"></body></html>'
    (tmp_path / "article.html").write_text(page, encoding="utf-8")
    answer = run(tmp_path, COMMANDS, str(project), str(tmp_path))
    assert answer.returncode == 0, answer.stderr
    codes = dict(line.split()[1:] for line in answer.stdout.splitlines() if line.startswith("done "))
    assert codes == dict.fromkeys(codes, "0") | {"check": codes["check"]} and len(codes) == 9, (
        answer.stdout + answer.stderr
    )
