"""Office documents and e-books made by hand, for tests and as the examples that the program ships.

``python -m tests.formats.documents.office_files`` writes the examples anew.
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_PROPERTIES = f"{_PACKAGE}/metadata/core-properties"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_STYLES = f"""<w:styles {W}>
<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="en-GB" w:eastAsia="ja-JP" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>
</w:docDefaults>
<w:style w:type="paragraph" w:styleId="Titre"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="My heading"/><w:basedOn w:val="H1"/></w:style>
<w:style w:type="paragraph" w:styleId="Toc1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Dots"><w:name w:val="List Bullet"/>
<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>"""
_NUMBERING = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/>
<w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>
<w:lvlText w:val="%1.%2)"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
</w:numbering>"""


def zipped(path: Path, members: Mapping[str, str | bytes]) -> Path:
    """An archive of these members; not packed, so that every machine makes the same bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


# ------------------------------------------------------------------------------------------------------- Word


def paragraph(words: str = "", style: str = "", properties: str = "") -> str:
    """A paragraph of Word; ``words`` are words, or runs where they hold a tag."""
    inside = words if "<" in words else f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{style}{properties}</w:pPr>{inside}</w:p>"


def item(words: str, number: int = 1, level: int = 0) -> str:
    """An item of a list of Word: 1 has bullets, 2 has numbers."""
    return paragraph(words, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def run(inside: str, properties: str = "") -> str:
    """A run of Word that holds elements."""
    return f"<w:r><w:rPr>{properties}</w:rPr>{inside}</w:r>"


def said(words: str) -> str:
    """A text of a run."""
    return f'<w:t xml:space="preserve">{words}</w:t>'


def row(*cells: str) -> str:
    """A row of a table of Word, of paragraphs or plain words."""
    inside = "".join(f"<w:tc>{cell if '<w:' in cell else paragraph(cell)}</w:tc>" for cell in cells)
    return f"<w:tr>{inside}</w:tr>"


def docx(path: Path, body: str, properties: str = "", further: Mapping[str, str] | None = None) -> Path:
    """A document of Word with this body, core properties, and further parts by name, such as ``footnotes``."""
    parts = {"styles": _STYLES, "numbering": _NUMBERING, **(further or {})}
    own = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{name.rstrip("0123456789")}" Target="{name}.xml"/>'
        for number, name in enumerate(parts)
    )
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
        f"{properties}</cp:coreProperties>"
    )
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
        f'Target="word/document.xml"/><Relationship Id="r2" Type="{_PROPERTIES}" Target="docProps/core.xml"/>'
        "</Relationships>",
        "docProps/core.xml": core,
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{own}</Relationships>',
        "word/document.xml": f'<w:document {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        f'xmlns:v="urn:schemas-microsoft-com:vml"><w:body>{body}</w:body></w:document>',
        **{f"word/{name}.xml": content for name, content in parts.items()},
    }
    return zipped(path, {name: _XML + content for name, content in members.items()})


def _example_docx(path: Path) -> Path:
    body = (
        paragraph("Ferry to Halvik stays in port", "Titre")
        + item("The operator speaks of a fault in the steering gear")
        + item("The harbour master knew of it in March")
        + paragraph(
            '<w:r><w:t xml:space="preserve">The ferry to Halvik will not sail before </w:t></w:r>'
            f'<w:del w:id="1" w:author="Desk">{run("<w:delText>Monday</w:delText>")}</w:del>'
            f'<w:ins w:id="2" w:author="Desk">{run(said("Thursday"))}</w:ins>'
            f"{run(said(', its operator said.'))}"
            '<w:r><w:footnoteReference w:id="2"/></w:r>'
        )
        + paragraph("What is known", "H1")
        + "<w:tbl>"
        + row("Day", "Crossings", "Passengers")
        + row("Monday", "6", "1,140")
        + row("Tuesday", "0", "0")
        + "</w:tbl>"
        + paragraph("“We repaired it twice 🛠”, the harbour master told this paper.")
    )
    footnotes = (
        f'<w:footnotes {W}><w:footnote w:id="-1" w:type="separator"><w:p/></w:footnote><w:footnote w:id="2">'
        f"{paragraph('Statement of the operator to its passengers, 3 May.')}</w:footnote></w:footnotes>"
    )
    properties = (
        "<dc:title>Ferry to Halvik stays in port</dc:title><dc:creator>Ada Lund</dc:creator>"
        "<dc:language>en-GB</dc:language><dcterms:created>2025-05-04T09:30:00Z</dcterms:created>"
    )
    return docx(path, body, properties, {"footnotes": footnotes})


# ------------------------------------------------------------------------------------------------ OpenDocument

_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = (
    f'xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0" xmlns:table="{_ODF}:table:1.0" '
    f'xmlns:draw="{_ODF}:drawing:1.0" xmlns:style="{_ODF}:style:1.0" xmlns:meta="{_ODF}:meta:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
)
_ODT_STYLES = """<office:styles>
<style:default-style style:family="paragraph"><style:text-properties fo:language="de" fo:country="CH"/>
</style:default-style>
<style:style style:name="Title" style:family="paragraph"/>
<style:style style:name="Big_20_Title" style:display-name="Big title" style:family="paragraph"
 style:parent-style-name="Title"/>
<text:list-style style:name="Dots"><text:list-level-style-bullet text:level="1"/></text:list-style>
<text:list-style style:name="Numbers"><text:list-level-style-number text:level="1" style:num-format="1"
 style:num-suffix="." text:start-value="3"/><text:list-level-style-number text:level="2" style:num-format="a"
 style:num-suffix=")" text:display-levels="2"/></text:list-style>
</office:styles>"""


def odt(path: Path, body: str, meta: str = "", further: Mapping[str, str | bytes] | None = None) -> Path:
    """An OpenDocument text with this body and this metadata."""
    kind = "application/vnd.oasis.opendocument.text"
    return zipped(
        path,
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'{_XML}<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
            "content.xml": f"{_XML}<office:document-content {_SPACES}><office:automatic-styles>"
            '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Big_20_Title"/>'
            f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
            "</office:document-content>",
            "styles.xml": f"{_XML}<office:document-styles {_SPACES}>{_ODT_STYLES}</office:document-styles>",
            "meta.xml": f"{_XML}<office:document-meta {_SPACES}><office:meta>{meta}</office:meta>"
            "</office:document-meta>",
            **(further or {}),
        },
    )


def _example_odt(path: Path) -> Path:
    body = (
        '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p>Monday</text:p>'
        "</text:deletion></text:changed-region></text:tracked-changes>"
        '<text:p text:style-name="Title">Harbour of Halvik closes for repairs</text:p>'
        '<text:list text:style-name="Dots"><text:list-item><text:p>Two quays are out of use</text:p></text:list-item>'
        "<text:list-item><text:p>The council denies a delay</text:p></text:list-item></text:list>"
        '<text:p>The harbour will be shut from <text:change text:change-id="c1"/>Thursday, the council said.<text:note '
        'text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>Notice to '
        "mariners 14, 2 May.</text:p></text:note-body></text:note></text:p>"
        '<text:h text:outline-level="1">What it costs</text:h>'
        "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Quay</text:p>"
        "</table:table-cell><table:table-cell><text:p>Crowns</text:p></table:table-cell></table:table-row>"
        "</table:table-header-rows><table:table-row><table:table-cell><text:p>North</text:p></table:table-cell>"
        "<table:table-cell><text:p>40,000</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p>“It may take until June”,<text:s/>an engineer said on condition of anonymity 🏗.</text:p>"
    )
    meta = (
        "<dc:title>Harbour of Halvik closes for repairs</dc:title><meta:initial-creator>Ada Lund"
        "</meta:initial-creator><meta:creation-date>2025-05-06T08:00:00</meta:creation-date>"
        "<dc:language>en-GB</dc:language><meta:keyword>harbour</meta:keyword>"
    )
    return odt(path, body, meta)


# ------------------------------------------------------------------------------------------------------ e-books


def page(body: str, title: str = "", language: str = "en") -> str:
    """A page of a book."""
    return (
        f'{_XML}<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="{language}"><head><title>{title}</title></head>'
        f"<body>{body}</body></html>"
    )


def epub(
    path: Path,
    pages: Mapping[str, str],
    metadata: str = "",
    contents: Mapping[str, str] | None = None,
    further: Mapping[str, str] | None = None,
) -> Path:
    """A book of these pages, by their names in the folder ``text``; ``contents``: labels by targets."""
    entries = "".join(f'<li><a href="{target}">{label}</a></li>' for target, label in (contents or {}).items())
    nav = f'<nav xmlns:epub="http://www.idpf.org/2007/ops" epub:type="toc"><ol>{entries}</ol></nav>'
    manifest = "".join(
        f'<item id="p{number}" href="text/{name}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(pages)
    )
    spine = "".join(f'<itemref idref="p{number}"/>' for number in range(len(pages)))
    return zipped(
        path,
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": f'{_XML}<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
            'version="1.0"><rootfiles><rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/>'
            "</rootfiles></container>",
            "OPS/book.opf": f'{_XML}<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">'
            f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata><manifest>'
            '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
            f'{manifest}</manifest><spine><itemref idref="nav"/>{spine}</spine></package>',
            "OPS/nav.xhtml": page(nav, "Contents"),
            **{f"OPS/text/{name}": content for name, content in pages.items()},
            **(further or {}),
        },
    )


def _example_epub(path: Path) -> Path:
    pages = {
        "one.xhtml": page(
            "<h1>The northern quay</h1><p>Nobody in Halvik knows who built the northern quay.<a href='#n1'>1</a></p>"
            "<p>The council claims that it is sound; the divers say otherwise 🤿.</p>"
            "<aside id='n1'><p>1 The archive burned in 1911.</p></aside>"
        ),
        "two.xhtml": page(
            "<h1>Two<br/>What the divers saw</h1><ul><li>Cracks below the water line</li><li>A missing pier</li></ul>"
            "<p>The report was never published.</p>"
        ),
        "two-b.xhtml": page("<p>It lay in a drawer until the spring of 2024.</p>"),
    }
    metadata = (
        '<dc:identifier id="i">urn:uuid:5d0a5e1c-0000-4000-8000-000000000001</dc:identifier>'
        "<dc:title>The Quays of Halvik</dc:title><dc:creator>Ada Lund</dc:creator><dc:language>en</dc:language>"
        "<dc:publisher>Halvik Press</dc:publisher><dc:date>2025-01-15</dc:date>"
    )
    contents = {"text/one.xhtml": "The northern quay", "text/two.xhtml": "What the divers saw"}
    return epub(path, pages, metadata, contents)


EXAMPLES = {"article.docx": _example_docx, "article.odt": _example_odt, "book.epub": _example_epub}
"""What makes each example that the program ships."""

if __name__ == "__main__":
    folder = Path(__file__).resolve().parents[3] / "src" / "annotator" / "formats" / "examples"
    for name, make in EXAMPLES.items():
        make(folder / name)
