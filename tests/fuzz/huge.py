"""How the importers bear files that are huge in one place: ``python tests/fuzz/huge.py [FORMAT ...]``.

For each format a line, value or text of 1 GB, and for those that are read record by record a million records of which
one is bad. Each is imported by a process of its own; printed are what came of it, the seconds, and the memory above
that of a process that only looks at a format.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

GIGABYTE = 10**9
_PIECE = b"words and more words " * 50_000

_SOFA = b'<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore"><cas:Sofa sofaString="'
_RECORD = (
    b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://a.example/\r\nContent-Type: text/plain\r\n"
    b"Content-Length: 1000000000\r\n\r\n"
)
_TASK = b'{"text":"A good line.","spans":[],"_input_hash":1,"_task_hash":1,"answer":"accept"}\n{"text":"'
_CAS = b'{"%TYPES":{},"%FEATURE_STRUCTURES":[{"%ID":1,"%TYPE":"uima.cas.Sofa","sofaString":"'
_MAIL = b"From: a@b.example\nSubject: s\nMIME-Version: 1.0\nDate: Tue, 04 Mar 2025 06:30:00 +0100\n\n"
_BOX = b"From a@b.example Tue Mar  4 07:00:00 2025\nSubject: s\nFrom: a@b.example\n\n"
_ENTITIES = b'{"id":1,"text":"A good line.","entities":[],"relations":[]}\n{"id":2,"text":"'
_FEED = b'<rss version="2.0"><channel><title>t</title><item><description>'
_PAGE = b'[{"@context":"http://www.w3.org/ns/anno.jsonld","type":"AnnotationPage","items":[],"x":"'
_CODES = b'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="1" name="'
_TEI = b'<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body><p>'

HEADS: dict[str, tuple[str, bytes, bytes]] = {
    "text": ("a.txt", b"", b""),
    "markdown": ("a.md", b"# Title\n\n", b""),
    "html": ("a.html", b"<!doctype html><html><body><p>", b"</p></body></html>"),
    "rtf": ("a.rtf", b"{\\rtf1\\ansi ", b"}"),
    "pdf": ("a.pdf", b"%PDF-1.7\n", b"\n%%EOF"),
    "eml": ("a.eml", _MAIL, b"\n"),
    "mbox": ("a.mbox", _BOX, b"\n"),
    "feed": ("a.rss", _FEED, b"</description></item></channel></rss>"),
    "warc": ("a.warc", _RECORD, b"\r\n\r\n"),
    "jsonl": ("a.jsonl", b'{"text":"', b'"}\n{"text":"The good line."}\n'),
    "doccano": ("a.jsonl", _ENTITIES, b'","entities":[]}\n'),
    "prodigy": ("a.jsonl", _TASK, b'"}\n'),
    "labelstudio": ("a.json", b'[{"id":1,"data":{"text":"', b'"},"annotations":[]}]'),
    "webannotation": ("a.jsonld", _PAGE, b'"}]'),
    "casjson": ("a.json", _CAS, b'"}],"%VIEWS":{}}'),
    "csv": ("a.csv", b'title,text\nGood,A good line.\nBad,"', b'"\nLast,Another good line.\n'),
    "conll": ("a.conll", b"A\tO\ngood\tB-claim\nline\tO\n\n", b"\tO\n"),
    "xmi": ("a.xmi", _SOFA, b'"/></xmi:XMI>'),
    "tei": ("a.xml", _TEI, b"</p></body></text></TEI>"),
    "refiqdc": ("a.qdc", _CODES, b'"/></Codes></CodeBook>'),
    "brat": ("a.txt", b"", b""),
}
"""By the id of a format: the name of a file, and what stands before and after its gigabyte."""

GOOD = 1_000_000
RECORDS: dict[str, tuple[str, bytes, bytes, bytes]] = {
    "jsonl": ("m.jsonl", b"", b'{"title":"T","text":"Record %d is a good one."}\n', b'{"text": 7}\n'),
    "csv": ("m.csv", b"title,text\n", b"T,Record %d is a good one.\n", b"T,\n"),
}
"""By the id of a format: the name of a file, what it begins with, a good record and a bad one."""


def huge(path: Path, head: bytes, tail: bytes) -> None:
    with path.open("wb") as file:
        file.write(head)
        for _ in range(GIGABYTE // len(_PIECE)):
            file.write(_PIECE)
        file.write(tail)


def million(path: Path, head: bytes, record: bytes, bad: bytes) -> None:
    with path.open("wb") as file:
        file.write(head)
        for number in range(GOOD):
            file.write(bad if number == GOOD // 2 else record % number)


def imported(path: Path, project: Path) -> dict[str, object]:
    """What an import of a file does, asked in a process of its own."""
    answer = subprocess.run(
        [sys.executable, __file__, "--import", str(path), str(project)], capture_output=True, text=True, check=False
    )
    if answer.returncode:
        return {"sentence": f"FAILED: {answer.stderr.strip().splitlines()[-1:]}", "seconds": 0, "megabytes": 0}
    found: dict[str, object] = json.loads(answer.stdout)
    return found


def work(path: Path, project: Path) -> None:
    """Imports, and prints what came of it."""
    from annotator.services.imports import importing
    from annotator.services.projects import projects

    with projects.create(project, annotator="bench") as made:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        report = importing.import_files(made, [path])
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reasons = [f"{one.place}: {one.reason}"[:110] for one in report.refused[:2]]
    megabytes = (peak - before) / 1024
    told = {"sentence": report.sentence(), "reasons": reasons, "seconds": seconds, "megabytes": megabytes}
    print(json.dumps(told))


def cases(chosen: list[str]) -> Iterator[tuple[str, str, Callable[[Path], None]]]:
    """What is tried, under which name it is written, and what writes it."""
    for id, (name, head, tail) in HEADS.items():
        if not chosen or id in chosen:
            yield f"{id}, 1 GB in one place", name, partial(huge, head=head, tail=tail)
    for id, (name, head, record, bad) in RECORDS.items():
        if not chosen or id in chosen:
            yield f"{id}, a million records", name, partial(million, head=head, record=record, bad=bad)


def main() -> None:
    if sys.argv[1:2] == ["--import"]:
        work(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    for what, name, make in cases(sys.argv[1:]):
        with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
            path = Path(folder, name)
            make(path)
            if what.startswith("brat"):
                path.with_suffix(".ann").write_text("T1\tclaim 0 5\twords\n", encoding="utf-8")
            found = imported(path, Path(folder, "case.anno"))
        print(f"{what}: {found['sentence']} {found['seconds']:.1f} s, {found['megabytes']:.0f} MB", flush=True)
        for reason in found.get("reasons", ()):  # type: ignore[attr-defined]  # a list of words
            print(f"    {reason}")


if __name__ == "__main__":
    main()
