"""Reads the text of a PDF that Qt wrote back, page by page, as a program that copies it would."""

import re
import zlib

_OBJECT = re.compile(rb"(?s)\b(\d+) 0 obj\b(.*?)\bendobj\b")
_STREAM = re.compile(rb"(?s)stream\r?\n(.*)\nendstream")
_SHOWN = re.compile(r"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)> Tj|\bET\b")


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    order = next(body for body in objects.values() if re.search(rb"/Type\s*/Pages\b", body))
    kids = re.search(rb"(?s)/Kids\s*\[(.*?)\]", order)
    assert kids is not None
    return [_text_of(objects, int(number)) for number in re.findall(rb"(\d+) 0 R", kids[1])]


def _text_of(objects: dict[int, bytes], page: int) -> str:
    content = _stream(objects, _reference(objects[page], b"Contents")).decode("latin-1")
    resources = objects[_reference(objects[page], b"Resources")]
    fonts = {
        name.decode(): _letters(objects, int(number)) for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", resources)
    }
    shown: list[str] = []
    letters: dict[int, str] = {}
    for font, glyphs in _SHOWN.findall(content):
        if font:
            letters = fonts[font]
        elif glyphs:
            shown += [letters.get(int(glyphs[at : at + 4], 16), "") for at in range(0, len(glyphs), 4)]
        else:
            shown.append("\n")
    return "".join(shown)


def _letters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    """What the glyphs of a font stand for."""
    table = _stream(objects, _reference(objects[font], b"ToUnicode")).decode("latin-1")
    letters: dict[int, str] = {}
    for first, last, stands_for in re.findall(r"<([0-9a-fA-F]{4})> <([0-9a-fA-F]{4})> (\[.*?\]|<[0-9a-fA-F]+>)", table):
        start = int(first, 16)
        texts = re.findall(r"<([0-9a-fA-F]+)>", stands_for)
        if stands_for[0] == "[":
            letters.update((start + at, _decoded(text)) for at, text in enumerate(texts))
        else:
            for glyph in range(start, int(last, 16) + 1):
                letters[glyph] = _decoded(f"{int(texts[0], 16) + glyph - start:0{len(texts[0])}x}")
    return letters


def _decoded(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be", errors="replace")


def _reference(body: bytes, key: bytes) -> int:
    found = re.search(rb"/" + key + rb"\s+(\d+) 0 R", body)
    assert found is not None, (key, body[:400])
    return int(found[1])


def _stream(objects: dict[int, bytes], number: int) -> bytes:
    found = _STREAM.search(objects[number])
    assert found is not None
    return zlib.decompress(found[1]) if b"FlateDecode" in objects[number] else found[1]
