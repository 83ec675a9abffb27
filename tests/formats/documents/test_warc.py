"""Web archives: page by page, each by its own format."""

import gzip
import sys
import zlib
from pathlib import Path

import pyarrow
import pytest
from tests.cpu_time import CpuTime

import annotator
from annotator.domain.errors import ImportRefused
from annotator.formats import registry
from annotator.formats.base import Packed, Refusal
from annotator.formats.documents import warc
from annotator.formats.reading.limits import Limits, using
from annotator.services.imports import importing

PAGE = """<html lang="sv"><head><title>Hamnen stängd</title></head><body><article><h1>Hamnen stängd</h1>
<p>Hamnen på Älgö hålls stängd, sade ministeriet på tisdagen.</p></article></body></html>"""


class Capture:
    """Writes records into a web archive, by hand."""

    def __init__(self, *, packed: bool = False) -> None:
        self._packed = packed
        self.data = b""

    def response(
        self, address: str, body: bytes, kind: str = "text/html", status: str = "200 OK", **headers: str
    ) -> "Capture":
        said = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        head = f"HTTP/1.1 {status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in said.items())
        return self.record("response", address, head.encode() + b"\r\n" + body, "application/http; msgtype=response")

    def record(self, type: str, address: str, block: bytes, kind: str) -> "Capture":
        head = (
            f"WARC/1.1\r\nWARC-Type: {type}\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2025-03-08T09:00:00Z\r\n"
            f"WARC-Record-ID: <urn:x:{len(self.data)}>\r\nContent-Type: {kind}\r\nContent-Length: {len(block)}\r\n\r\n"
        )
        whole = head.encode() + block + b"\r\n\r\n"
        self.data += gzip.compress(whole, mtime=0) if self._packed else whole
        return self

    def save(self, path: Path) -> Path:
        path.write_bytes(self.data)
        return path


def chunked(data: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (data[:100], data[100:], b""))


@pytest.mark.parametrize("packed", [False, True])
def test_pages_are_read_with_their_addresses(tmp_path: Path, packed: bool) -> None:
    capture = Capture(packed=packed)
    capture.response("https://c.example/1", PAGE.encode("iso-8859-1"), "text/html; charset=ISO-8859-1")
    capture.response("https://c.example/i.png", b"\x89PNG", "image/png")
    capture.response("https://c.example/gone", b"<html><body>Gone</body></html>", status="404 Not Found")
    capture.record("resource", "https://c.example/notes.txt", "Anteckningar från Älgö.".encode(), "text/plain")
    packed_page = gzip.compress(PAGE.replace("Hamnen", "Porten").encode())
    capture.response("https://c.example/2", chunked(packed_page), Content_Encoding="gzip", Transfer_Encoding="chunked")
    deflated = zlib.compress(PAGE.replace("Hamnen", "Bron").encode())
    capture.response("https://c.example/3", deflated, "text/html; charset=utf-8", Content_Encoding="deflate")
    path = capture.save(tmp_path / ("a.warc.gz" if packed else "a"))
    assert registry.detect(path) is warc.FORMAT
    with annotator.create(tmp_path / "case.anno") as project:
        report = importing.import_files(project._stored, [path])
        assert report.refused == []
        held = [project.document(id) for id in report.documents]
    assert [(one.title, one.address, one.language) for one in held] == [
        ("Hamnen stängd", "https://c.example/1", "sv"),
        ("page", "https://c.example/notes.txt", ""),
        ("Porten stängd", "https://c.example/2", "sv"),
        ("Bron stängd", "https://c.example/3", "sv"),
    ]
    assert all(one.origin_path == f"{path}!/{one.address}" for one in held)
    assert held[0].facts == {"captured_at": "2025-03-08T09:00:00Z"}
    assert held[0].published_at == "", "when it was captured is not when it was published"
    assert "Hamnen på Älgö hålls stängd" in held[0].text


def test_a_page_beyond_the_limit_is_refused_alone(tmp_path: Path) -> None:
    capture = Capture().response("https://c.example/big", b"<html>" + b"x" * 300_000)
    path = capture.response("https://c.example/1", PAGE.encode()).save(tmp_path / "a.warc")
    with using(Limits(file=200_000)):
        first, second = warc.read(path)
    assert isinstance(first, Refusal) and first.place == "https://c.example/big"
    assert isinstance(second, Packed) and second.address == "https://c.example/1"


def test_a_truncated_archive_gives_what_is_whole(tmp_path: Path) -> None:
    capture = Capture(packed=True)
    for number in range(5):
        capture.response(f"https://c.example/{number}", PAGE.replace("Älgö", f"ö {number}").encode())
    whole = capture.data
    path = tmp_path / "a.warc.gz"
    for cut in (len(whole) - 200, len(whole) // 2, 700):
        path.write_bytes(whole[:cut])
        with annotator.create(tmp_path / f"{cut}.anno") as project:
            report = importing.import_files(project._stored, [path])
            assert len(report.documents) in range(len(whole) // cut, 6) or cut == 700
            assert all("\n" not in one.reason for one in report.refused)
    path.write_bytes(b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: nonsense\r\n\r\nabc")
    with pytest.raises(ImportRefused):
        list(warc.read(path))


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(PAGE.encode())),
        ("x-gzip", gzip.compress(PAGE[:50].encode()) + gzip.compress(PAGE[50:].encode())),
        ("gzip, gzip", gzip.compress(gzip.compress(PAGE.encode()))),
        ("deflate", zlib.compress(PAGE.encode())),
        ("deflate", zlib.compress(PAGE.encode(), wbits=-15)),
        ("identity", PAGE.encode()),
        ("gzip", PAGE.encode()),
        ("br", PAGE.encode()),
        ("br", PAGE.encode("iso-8859-1")),
        ("br", pyarrow.compress(PAGE.encode(), codec="brotli", asbytes=True)),
        ("zstd", pyarrow.compress(PAGE.encode(), codec="zstd", asbytes=True)),
    ],
    ids=["gzip", "members", "twice", "deflate", "headless", "identity", "plain", "br-plain", "br-latin", "br", "zstd"],
)
@pytest.mark.parametrize("size", [0, 1, 7, 10_000])
def test_responses_are_unpacked_as_their_headers_say(tmp_path: Path, coding: str, body: bytes, size: int) -> None:
    if size:
        parts = (body[start : start + size] for start in range(0, len(body), size))
        body = b"".join(b"%X;x=y\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    headers = {"Content_Encoding": coding, "Transfer_Encoding": "Chunked" if size else ""}
    path = Capture().response("https://c.example/1", body, **headers).save(tmp_path / "a.warc")
    (page,) = (one.path.read_bytes() for one in warc.read(path) if isinstance(one, Packed))
    assert page in (PAGE.encode(), PAGE.encode("iso-8859-1"))


@pytest.mark.parametrize(
    ("headers", "body", "words"),
    [
        ({"Content_Encoding": "br"}, bytes(range(256)), "damaged"),
        ({"Content_Encoding": "br"}, pyarrow.compress(PAGE.encode(), codec="brotli", asbytes=True)[:-9], "damaged"),
        ({"Content_Encoding": "zstd"}, b"\x28\xb5\x2f\xfd" + bytes(90), "damaged"),
        ({"Content_Encoding": "xpress"}, bytes(range(256)), "compressed as “xpress”"),
        ({"Content_Encoding": "gzip"}, gzip.compress(PAGE.encode())[:-20], "cut off"),
        ({"Content_Encoding": "gzip"}, gzip.compress(PAGE.encode()) + b"more", "damaged"),
        ({"Transfer_Encoding": "chunked"}, b"ff\r\n" + b"x" * 20, "cut off"),
        ({"Transfer_Encoding": "chunked"}, b"5\r\nxxxxx\r\n" + b"y" * 5000, "damaged"),
        ({"Transfer_Encoding": "chunked"}, b"0\r\n\r\n", "is empty"),
        (
            {"Content_Encoding": "gzip", "Transfer_Encoding": "chunked"},
            chunked(gzip.compress(bytes(30_000_000))),
            "more than the 10 MB",
        ),
        (
            {"Content_Encoding": "br"},
            pyarrow.compress(bytes(30_000_000), codec="brotli", asbytes=True),
            "than the 10 MB",
        ),
        (
            {"Content_Encoding": "zstd"},
            pyarrow.compress(bytes(30_000_000), codec="zstd", asbytes=True),
            "than the 10 MB",
        ),
    ],
    ids=[
        *("br", "br-cut", "zstd", "unknown", "cut", "more", "chunk", "no-chunk", "nothing", "bomb"),
        *("br-bomb", "zstd-bomb"),
    ],
)
def test_responses_that_cannot_be_unpacked(tmp_path: Path, headers: dict[str, str], body: bytes, words: str) -> None:
    capture = Capture().response("https://c.example/1", body, **headers)
    path = capture.response("https://c.example/2", PAGE.encode()).save(tmp_path / "a.warc")
    with using(Limits(file=10 * 2**20)):
        first, second = warc.read(path)
    assert isinstance(first, Refusal) and first.place == "https://c.example/1" and words in first.reason
    assert isinstance(second, Packed) and second.address == "https://c.example/2"


def test_the_last_record_of_a_file_that_was_cut(tmp_path: Path) -> None:
    capture = Capture().response("https://c.example/1", PAGE.encode()).response("https://c.example/2", PAGE.encode())
    (tmp_path / "a.warc").write_bytes(capture.data[:-60])
    first, second = warc.read(tmp_path / "a.warc")
    assert isinstance(first, Packed)
    assert isinstance(second, Refusal) and second.place == "https://c.example/2"
    assert second.reason.startswith("The file ends in the middle of it")


def test_an_archive_packed_as_one(tmp_path: Path) -> None:
    capture = Capture()
    for number in range(3):
        capture.response(f"https://c.example/{number}", PAGE.encode())
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(capture.data))
    assert [type(one) for one in warc.read(path)] == [Packed] * 3


@pytest.mark.parametrize(
    "data",
    [
        b"WARC/1.0\r\nX: " + b"a" * 30_000_000,
        b"WARC/1.0\r\n" + b"a:b\r\n" * 3_000_000,
        b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n" + b"\r\n" * 3_000_000,
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n",
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://c.example\r\nContent-Length: -3\r\n\r\nabc\r\n",
    ],
    ids=["line", "lines", "blank", "address", "length"],
)
def test_headers_without_end_or_sense(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(data, 1))
    cpu = CpuTime()
    with annotator.create(tmp_path / "case.anno") as project:
        report = importing.import_files(project._stored, [path])
    assert [(one.path, one.reason.isprintable()) for one in report.refused] == [(str(path), True)]
    assert cpu.seconds() < 3


def test_an_archive_without_pages(tmp_path: Path) -> None:
    path = Capture().response("https://c.example/i.png", b"\x89PNG", "image/png").save(tmp_path / "a.warc")
    with pytest.raises(ImportRefused, match="holds no page"):
        list(warc.read(path))


def test_what_is_no_page_is_counted(tmp_path: Path) -> None:
    capture = Capture()
    capture.record("warcinfo", "https://c.example/", b"software: x\r\n", "application/warc-fields")
    capture.response("https://c.example/1", PAGE.encode(), "text/html; charset=utf-8")
    for number in range(3):
        capture.response(f"https://c.example/{number}.png", b"\x89PNG", "image/png")
    capture.response("https://c.example/gone", b"<html></html>", status="404 Not Found")
    capture.response("https://c.example/a.css", b"p {}", "text/css")
    path = capture.save(tmp_path / "site.warc")
    with annotator.create(tmp_path / "case.anno") as project:
        report = importing.import_files(project._stored, [path])
    assert (len(report.documents), report.refused) == (1, [])
    (told,) = report.notes
    assert told.startswith("site.warc: 6 of 7 records are not pages and were skipped: pictures 3, ")
    assert told.endswith("records of the kind warcinfo 1, responses with the status 404 1, scripts and styles 1.")


def test_without_pyarrow_a_page_packed_as_brotli_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = pyarrow.compress(PAGE.encode(), codec="brotli", asbytes=True)
    path = Capture().response("https://c.example/1", body, Content_Encoding="br").save(tmp_path / "a.warc")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (refusal,) = warc.read(path)
    assert isinstance(refusal, Refusal)
    assert "add the package pyarrow" in refusal.reason
