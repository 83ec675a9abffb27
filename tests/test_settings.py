"""Settings and state: what is kept, what is refused, and what becomes of a damaged file."""

import faulthandler
import logging
import os
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import pytest

from annotator import logs, settings
from annotator.domain.errors import AnnotatorError, InvalidValue, NotFound
from annotator.files import user_folders
from annotator.settings import FONT_SIZE, KEYS, SETTINGS, SNAP_TO_WORDS, THEME, Settings, State


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def test_home_variable_moves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOTATOR_HOME", str(tmp_path))
    folders = {getattr(user_folders, f"{part}_path")() for part in ("config", "state", "log", "cache")}
    assert len(folders) == 4 and all(folder.parent == tmp_path for folder in folders)
    monkeypatch.delenv("ANNOTATOR_HOME")
    assert "annotator" in user_folders.config_path().parts


def test_every_row_of_the_table_holds_its_own_default() -> None:
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS)
    for setting in SETTINGS:
        assert setting.checked(setting.default) == setting.default
        assert setting.label


def test_only_what_differs_is_written(file: Path) -> None:
    held = Settings(file)
    held.set(THEME, "dark")
    held.set(KEYS, {"select.word": ["Ctrl+Alt+W", '"'], "annotate.delete": []})
    table = tomllib.loads(file.read_text("utf-8"))
    assert table == {
        "appearance": {"theme": "dark"},
        "keys": {"select.word": ["Ctrl+Alt+W", '"'], "annotate.delete": []},
    }
    again = Settings(file)
    assert (again.get(THEME), again.get(FONT_SIZE), again.messages) == ("dark", FONT_SIZE.default, [])
    assert again.get(KEYS) == held.get(KEYS)
    held.reset(THEME)
    held.reset(KEYS)
    assert tomllib.loads(file.read_text("utf-8")) == {"appearance": {}} or file.read_text("utf-8").strip() == ""


def test_what_we_do_not_know_stays_in_the_file(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('future = 2031-01-01\n[appearance]\nglow = [1, {a = "x\\u007f"}]\nfont_size = 20\n', "utf-8")
    held = Settings(file)
    held.set(THEME, "light")
    table = tomllib.loads(file.read_text("utf-8"))
    assert table["appearance"] == {"glow": [1, {"a": "x\x7f"}], "font_size": 20, "theme": "light"}
    assert str(table["future"]) == "2031-01-01"


def test_two_windows_do_not_undo_each_other(file: Path) -> None:
    one, other = Settings(file), Settings(file)
    one.set(THEME, "dark")
    other.set(FONT_SIZE, 20)
    assert (Settings(file).get(THEME), Settings(file).get(FONT_SIZE)) == ("dark", 20)


@pytest.mark.parametrize("value", [3, "20", 1000, True, None])
def test_bad_values_are_refused(file: Path, value: int) -> None:
    held = Settings(file)
    with pytest.raises(InvalidValue, match="Size of the text"):
        held.set(FONT_SIZE, value)
    assert held.get(FONT_SIZE) == FONT_SIZE.default and not file.exists()


def test_a_bad_value_in_the_file_costs_only_itself(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('[appearance]\ntheme = "pink"\nfont_size = 20\n[annotating]\nsnap_to_words = 1\n', "utf-8")
    held = Settings(file)
    assert (held.get(THEME), held.get(FONT_SIZE), held.get(SNAP_TO_WORDS)) == ("system", 20, True)
    assert len(held.messages) == 2 and "pink" in held.messages[0]


@pytest.mark.parametrize("content", [b"[appearance\n", b"\xff\xfe\x00", b"= 3", b"\x00" * 40])
def test_a_damaged_file_is_set_aside(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    held = Settings(file)
    assert held.get(THEME) == "system" and "damaged" in held.messages[0]
    [aside] = file.parent.glob("*.damaged-*")
    assert aside.read_bytes() == content and not file.exists()
    held.set(THEME, "dark")
    assert Settings(file).get(THEME) == "dark"


def test_a_folder_in_the_way_is_one_sentence(file: Path) -> None:
    file.mkdir(parents=True)
    held = Settings(file)
    assert "cannot be read" in held.messages[0]
    with pytest.raises(AnnotatorError, match="cannot be saved"):
        held.set(THEME, "dark")
    assert held.get(THEME) == "dark"
    assert [path.name for path in file.parent.iterdir()] == ["settings.toml"]


def test_a_failed_write_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Settings(file)
    held.set(THEME, "dark")
    before = file.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AnnotatorError, match="No space left"):
        held.set(THEME, "light")
    assert file.read_bytes() == before and len(list(file.parent.iterdir())) == 1


def test_subscribers_hear_of_changes_only(file: Path) -> None:
    held, heard = Settings(file), []
    end = held.subscribe(lambda setting: heard.append((setting.key, held.get(setting))))
    held.set(THEME, "system")
    held.set(THEME, "dark")
    end()
    held.set(THEME, "light")
    assert heard == [("appearance.theme", "dark")]


def test_state_is_kept_apart_and_never_fails(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "state.json"
    state = State(path)
    state.set("geometry", "AAEC")
    for number in range(20):
        state.add_recent(tmp_path / f"{number}.anno")
    state.add_recent(tmp_path / "15.anno")
    again = State(path)
    assert again.get("geometry") == "AAEC"
    assert [project.stem for project in again.recent_projects()][:3] == ["15", "19", "18"]
    assert len(again.recent_projects()) == settings.RECENT_LIMIT
    again.forget_recent(tmp_path / "15.anno")
    assert State(path).recent_projects()[0].stem == "19"
    path.write_text("{", "utf-8")
    with caplog.at_level(logging.WARNING):
        assert State(path).recent_projects() == []
    assert "damaged" in caplog.text and len(list(tmp_path.glob("state.json.damaged-*"))) == 1
    path.write_text('{"recent_projects": [1, "x"]}', "utf-8")
    assert State(path).recent_projects() == [Path("x")]


def test_the_annotator_has_a_name(file: Path) -> None:
    held = Settings(file)
    assert settings.annotator_name(held)
    held.set(settings.ANNOTATOR_NAME, " Ada ")
    assert settings.annotator_name(held) == "Ada"


@pytest.fixture
def quiet_faulthandler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the fault handler of the test run alone; a process of its own shows that ours works."""
    monkeypatch.setattr(faulthandler, "enable", lambda _stream: None)
    monkeypatch.setattr(faulthandler, "disable", lambda: None)


@pytest.mark.usefixtures("quiet_faulthandler")
def test_a_known_error_is_a_sentence_and_a_bug_a_report(tmp_path: Path) -> None:
    known: list[str] = []
    bugs: list[str] = []
    logs.start(tmp_path)
    put_back = logs.install_hooks(known.append, bugs.append)
    try:
        for error in (NotFound("There is no such label."), ZeroDivisionError("no")):
            sys.excepthook(type(error), error, None)
        thread = threading.Thread(target=[].pop)
        thread.start()
        thread.join()
        logs.note_qt_message("QtWarningMsg", "qt.text", "odd font")
    finally:
        put_back()
        logs.stop()
    assert known == ["There is no such label."]
    assert "ZeroDivisionError" in bugs[0] and "IndexError" in bugs[1] and "Python 3" in bugs[0]
    written = (tmp_path / "annotator.log").read_text("utf-8")
    assert "ZeroDivisionError" in written and "odd font" in written


def test_a_crash_is_found_at_the_next_start(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, faulthandler; from annotator import logs; "
        "logs.start(pathlib.Path(sys.argv[1])); faulthandler._sigabrt()"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=False)
    assert ended.returncode != 0
    assert "Aborted" in logs.previous_crash(tmp_path)
    assert logs.previous_crash(tmp_path) == ""
    assert "Aborted" in (tmp_path / "crash-previous.txt").read_text("utf-8")


@pytest.mark.usefixtures("quiet_faulthandler")
def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    logs.start(blocked / "log")
    logs.stop()
    assert "No log can be written" in caplog.text
    assert logs.previous_crash(blocked / "log") == ""


def test_a_report_does_not_name_the_user() -> None:
    home = str(Path.home())
    assert home not in logs.without_home(f"{home}/case.anno") and logs.without_home("/x") == "/x"
