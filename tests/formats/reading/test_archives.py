"""The room in which archives from hostile hands are opened."""

import io
import random
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from annotator.domain.errors import ImportRefused
from annotator.formats.reading.archive_members import archive_of, holds
from annotator.formats.reading.limits import Limits, using

WORDS = "Words with é and 🦊\n".encode()


def zipped(path: Path, members: Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def tarred(path: Path, members: Iterable[tuple[str | tarfile.TarInfo, bytes]], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]  # a mode as text
        for name, data in members:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def taken(path: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """What is read of an archive, and what is refused."""
    with archive_of(path) as archive, TemporaryDirectory() as folder:
        refused = {item.place: item.reason for item in archive.unpack_all(Path(folder))}
        read: dict[str, bytes] = {}
        for member in archive.members:
            with suppress(ImportRefused):
                read[member.name] = b"".join(archive.blocks(member))
        files = [one for one in Path(folder).rglob("*") if one.is_file()]
        assert sorted(one.read_bytes() for one in files) == sorted(read.values())
    return read, refused


def refusal(path: Path) -> str:
    with pytest.raises(ImportRefused) as caught:
        taken(path)
    return str(caught.value)


@pytest.mark.parametrize("mode", ["zip", "w", "w:gz", "w:bz2", "w:xz"])
def test_members_come_in_their_own_order(tmp_path: Path, mode: str) -> None:
    members = [("b/two.txt", WORDS), ("a.tar.gz", b"x"), ("con.txt", b""), ("Straße/ü.md", b"y")]
    path = tmp_path / "any"
    if mode == "zip":
        zipped(path, members)
    else:
        tarred(path, members, mode)
    read, refused = taken(path)
    assert list(read.items()) == members
    assert refused == {}
    with archive_of(path) as archive:
        assert archive.read("b/two.txt") == archive.read("B/TWO.TXT") == WORDS
        with pytest.raises(ImportRefused, match=r"“b/three.txt” in “any” cannot be read\. It is not there\."):
            archive.read("b/three.txt")


def test_unpacked_files_keep_their_names_as_far_as_every_system_takes_them(tmp_path: Path) -> None:
    long = "ü" * 150
    names = ["x/One two.TXT", "y/one two.txt", "con.txt", "a?.txt", "a_.txt", f"{long}.ann", "d/./e.txt", "d", "d/e/f"]
    path = zipped(tmp_path / "a.zip", [(name, name.encode()) for name in names])
    folder = tmp_path / "out"
    with archive_of(path) as archive:
        refused = list(archive.unpack_all(folder))
    assert [item.place for item in refused] == []
    found = {
        one.read_bytes().decode(): one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()
    }
    assert found == {name: name for name in names} | {
        "con.txt": "_con.txt",
        "a?.txt": "a_.txt",
        "a_.txt": "2-a_.txt",
        f"{long}.ann": f"{'ü' * 80}.ann",
        "d/./e.txt": "d/e.txt",
        "d": "2-d",
    }


def test_a_folder_by_the_name_of_a_file_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("d", b"1"), ("d/e", b"2"), ("f", b"3")])
    with archive_of(path) as archive:
        (refused,) = archive.unpack_all(tmp_path / "out")
    assert refused.place == "d/e"
    assert [one.name for one in sorted((tmp_path / "out").iterdir())] == ["d", "f"]


def test_members_are_unpacked_one_by_one(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("x/One two.TXT", b"1"), ("y/one two.txt", b"2"), ("c.tar.gz", b"3")])
    with archive_of(path) as archive:
        first, second = (archive.unpack(member, tmp_path) for member in archive.members[:2])
    assert (first.read_bytes(), second.read_bytes()) == (b"1", b"2")


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_point_out_of_the_archive_are_refused(tmp_path: Path, pack: Callable[..., Path]) -> None:
    names = ["../up.txt", "a/../../b.txt", "/etc/passwd", "C:/a.txt", "..\\up2.txt", "a\\..\\b.txt", "\\\\host\\a.txt"]
    path = pack(tmp_path / "a.zip", [*((name, b"x") for name in names), ("a..b.txt", b"y"), ("d\\e.txt", b"z")])
    before = sorted(tmp_path.parent.rglob("*"))
    read, refused = taken(path)
    assert read == {"a..b.txt": b"y", "d/e.txt": b"z"}
    assert len(refused) == len(names)
    assert all("points out of the archive" in reason for reason in refused.values())
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_links_doubles_and_encrypted_members_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with pytest.warns(UserWarning, match="Duplicate"):
        path = zipped(tmp_path / "a.zip", [(link, b"/etc/passwd"), ("a.txt", b"1"), ("a.txt", b"2"), ("b.txt", b"3")])
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1  # The last member says that it is encrypted.
    path.write_bytes(data)
    read, refused = taken(path)
    assert read == {"a.txt": b"1"}
    assert list(refused) == ["link", "a.txt", "b.txt"]
    for reason, words in zip(refused.values(), ("link", "more than once", "encrypted"), strict=True):
        assert words in reason

    to_outside, hard, device = (tarfile.TarInfo(name) for name in ("s", "h", "d"))
    to_outside.type, to_outside.linkname = tarfile.SYMTYPE, "/etc/passwd"
    hard.type, hard.linkname = tarfile.LNKTYPE, "a.txt"
    device.type = tarfile.CHRTYPE
    path = tarred(tmp_path / "a.tar", [("a.txt", b"1"), (to_outside, b""), (hard, b""), (device, b""), ("a.txt", b"2")])
    read, refused = taken(path)
    assert read == {"a.txt": b"1"}
    assert list(refused) == ["s", "h", "d", "a.txt"]


def test_a_packing_that_the_library_does_not_bound_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.txt", b"x" * 1000)
    read, refused = taken(tmp_path / "a.zip")
    assert (read, list(refused)) == ({}, ["a.txt"])
    assert "unpack the archive first" in refused["a.txt"]


def test_archives_that_grow_beyond_the_limits_are_refused(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "a.zip", [("a", bytes(40 * 2**20))])
    assert "times its size" in refusal(bomb)
    assert "times its size" in refusal(tarred(tmp_path / "a.tar.gz", [("a", bytes(40 * 2**20))], "w:gz"))
    small = zipped(tmp_path / "b.zip", [(str(number), b"x" * 20) for number in range(10)])
    with using(Limits(files=9)):
        assert "more than the 9 files" in refusal(small)
    with using(Limits(unpacked=100)):
        assert "the limits of an import" in refusal(small)
    with using(Limits(file=10)):
        assert len(taken(small)[0]) == 10, "only what is read whole has to be small"
        with archive_of(small) as archive, pytest.raises(ImportRefused, match="that one file may have"):
            archive.read("1")


def test_a_tar_that_states_what_it_does_not_have_is_refused_at_once(tmp_path: Path) -> None:
    header = tarfile.TarInfo("a")
    header.size = 2**60
    (tmp_path / "a.tar").write_bytes(header.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
    assert "limits" in refusal(tmp_path / "a.tar")
    header.size = 700
    (tmp_path / "b.tar").write_bytes(header.tobuf() + bytes(512))
    assert "not a complete tar" in refusal(tmp_path / "b.tar")
    # Headers that are kept in memory, packed to a thousandth.
    with using(Limits(files=10)):
        names = [(f"{number}{'n' * 2_000_000}", b"") for number in range(8)]
        assert "too much data about its files" in refusal(tarred(tmp_path / "c.tar.gz", names, "w:gz"))


def test_a_directory_that_fills_the_memory_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(200):
            info = zipfile.ZipInfo(f"{number:>60000}")
            archive.writestr(info, b"")
    with using(Limits(files=100)):
        assert "too much data about its files" in refusal(path)


def test_names_in_utf8_that_do_not_say_so(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("größe.txt", b"1")])
    data = path.read_bytes()
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark) + offset + 1
        data = data[:at] + bytes([data[at] & ~8]) + data[at + 1 :]
    path.write_bytes(data)
    assert list(taken(path)[0]) == ["größe.txt"]


def test_damaged_archives_end_in_a_sentence(tmp_path: Path) -> None:
    chance = random.Random(7)
    sound = [
        zipped(tmp_path / "a.zip", [(f"{number}.txt", WORDS * number) for number in range(5)]).read_bytes(),
        tarred(tmp_path / "a.tar", [(f"{number}.txt", WORDS * number) for number in range(5)]).read_bytes(),
        tarred(tmp_path / "a.tgz", [(f"{number}.txt", WORDS * number) for number in range(5)], "w:gz").read_bytes(),
    ]
    refused = 0
    for turn in range(150):
        data = bytearray(sound[turn % 3])
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path = tmp_path / "bad"
        path.write_bytes(data[: chance.randrange(1, len(data))] if turn % 2 else data)
        try:
            refused += bool(taken(path)[1])
        except ImportRefused:
            refused += 1
    assert refused > 75


def test_what_an_archive_holds_tells_its_format(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("a.txt", b"1"), ("b/c.xml", b"2")])
    head = path.read_bytes()[:4096]
    assert holds(path, head, "a.txt", "b/c.xml")
    assert not holds(path, head, "a.txt", "c.xml")
    path.write_bytes(head[:40])
    assert not holds(path, head[:40], "a.txt")
