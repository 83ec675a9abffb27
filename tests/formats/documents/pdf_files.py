"""PDF documents made by hand, for tests and as the example that the program ships.

``python -m tests.formats.documents.pdf_files`` writes the example anew.
"""

from collections.abc import Sequence
from pathlib import Path

Words = tuple[float, float, float, str]
"""Left edge, baseline and size in points, and the words. Every character is half as wide as it is high."""

_CMAP = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
    b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    b"1 beginbfrange <0000> <FFFF> <0000> endbfrange\nendcmap end end"
)
_IMAGE = (
    b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\n"
    b"stream\n\x80\nendstream"
)
_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /Plain /Encoding /Identity-H /DescendantFonts [4 0 R] "
    b"/ToUnicode 5 0 R >>"
)
_LETTERS = (
    b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Plain /DW 500 /FontDescriptor 6 0 R "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
)
_DESCRIPTOR = (
    b"<< /Type /FontDescriptor /FontName /Plain /Flags 4 /FontBBox [0 -200 500 800] /ItalicAngle 0 /Ascent 800 "
    b"/Descent -200 /CapHeight 700 /StemV 80 >>"
)


def pdf(
    pages: Sequence[Sequence[Words] | None],
    *,
    info: str = "",
    catalog: str = "",
    page: str = "",
    turn: str = "1 0 0 1 0 0",
    trailer: str = "",
    size: tuple[int, int] = (595, 842),
) -> bytes:
    """A document of these pages; None is a page with nothing but a picture."""
    objects: list[bytes] = [
        b"",
        b"",
        _FONT,
        _LETTERS,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(_CMAP), _CMAP),
        _DESCRIPTOR,
        _IMAGE,
        f"<< {info} >>".encode("latin-1"),
    ]
    kids = []
    for words in pages:
        if words is None:
            content = b"q 500 0 0 700 40 40 cm /I1 Do Q"
        else:
            content = f"{turn} cm BT\n".encode() + b"".join(_shown(*one) for one in words) + b"ET"
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R %s "
            b"/Resources << /Font << /F1 3 0 R >> /XObject << /I1 7 0 R >> >> >>"
            % (*size, len(objects) + 2, page.encode())
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    objects[0] = f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode()
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode()
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 8 0 R {trailer} >>".encode("latin-1")
    return bytes(out) + b"xref\n0 %d\n0000000000 65535 f \n%s%s\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, end, len(out)
    )  # fmt: skip


def _shown(left: float, baseline: float, size: float, words: str) -> bytes:
    return f"/F1 {size} Tf 1 0 0 1 {left} {baseline} Tm <{words.encode('utf-16-be').hex()}> Tj\n".encode()


def column(left: float, top: float, lines: str, size: float = 10, leading: float = 14) -> list[Words]:
    """Lines one below the other."""
    return [(left, top - number * leading, size, line) for number, line in enumerate(lines.split("\n")) if line]


def example() -> bytes:
    """A paper of two pages with a heading over two columns, hyphens, and running heads."""
    first = [
        *column(50, 815, "Lindholm Harbour Review", 8),
        *column(50, 760, "Ice in the strait of Älgö", 20),
        *column(
            50,
            720,
            "The ice in the strait is thirty centi-\nmetres thick, the coast guard measured\n"
            "on Tuesday. A well-known captain says\nthat it was thicker in other years.\n"
            "   Two ferries lie in the harbour. The\nport authority may send an ice breaker",
        ),
        *column(
            310,
            720,
            "before the weekend, but it has not said\nwhen. Its head called the reports of a\n"
            "closed port “a rumour”.\n   Traders expect that fish will be dearer\n"
            "for as long as the ferries do not sail.\nNobody knows how long that is, and the",
        ),
        *column(290, 30, "1", 8),
    ]
    second = [
        *column(50, 815, "Lindholm Harbour Review", 8),
        *column(50, 760, "well-known winds of March may change it\nwithin a day, as they did last year."),
        *column(290, 30, "2", 8),
    ]
    return pdf(
        [first, second],
        info="/Title (Microsoft Word - ice.docx) /Author (Runa Holm) /CreationDate (D:20250304063000+01'00')",
        catalog="/Lang (en)",
    )


if __name__ == "__main__":
    import annotator

    Path(annotator.__file__).parent.joinpath("formats", "examples", "article.pdf").write_bytes(example())
