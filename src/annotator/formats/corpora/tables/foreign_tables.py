"""Tables of any program: which column holds which field, and the articles of their rows.

A table with a label and a span in each row is a table of annotations (``annotation_table``). Any other table has one
article in each row: its columns are mapped to the fields of an article, and all other columns become facts of the
document.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from annotator.domain.canonical_text import canonical
from annotator.domain.errors import AnnotatorError, ImportRefused, InvalidValue
from annotator.domain.spans import Span, trimmed
from annotator.formats.base import Article, Incoming, IncomingAnnotation, Refusal, Table
from annotator.formats.corpora.tables import annotation_table
from annotator.formats.corpora.tables.table_rows import Origin, Row, date_of, folded, iso_of, row_name, words_of
from annotator.formats.reading.article_structure import with_title

FIELDS = ("text", "title", "source", "author", "published_at", "language", "address", "note", "uid", "label")
"""The fields that a column can be mapped to. ``label``: the whole text is annotated with it."""

SHOWN_ROWS = 20
"""Number of rows at the beginning of a table that are analysed and shown."""

_NAMES: Mapping[str, str] = {
    "text": "text body content contents article article_text articletext maintext main_text full_text fulltext story "
    "article_body articlebody body_text text_body sentence paragraph tweet post document_text raw_text plain_text "
    "texte contenu corps corps_du_texte texto contenido cuerpo inhalt artikel artikeltext volltext testo contenuto "
    "corpo conteúdo tekst treść текст содержание тело стаття 正文 内容 文本 全文 本文 テキスト 본문 내용 النص "
    "المحتوى نص متن metin içerik טקסט תוכן",
    "title": "title headline heading header subject titel überschrift titre título titolo tytuł заголовок название "
    "标题 題名 タイトル 見出し 제목 العنوان عنوان başlık כותרת",
    "source": "source outlet publisher publication newspaper site site_name domain source_name media medium quelle "
    "zeitung journal fuente medio fonte testata źródło источник издание 来源 媒体 出典 출처 المصدر منبع kaynak מקור",
    "author": "author authors byline by writer creator autor autorin verfasser auteur auteurs autore автор 作者 著者 "
    "저자 الكاتب المؤلف نویسنده yazar מחבר",
    "published_at": "published_at date published pubdate pub_date publish_date publication_date date_published "
    "published_date datepublished publishedat datetime timestamp datum veröffentlicht date_de_publication fecha data "
    "data_pubblicazione дата 日期 发布时间 日付 公開日 날짜 التاريخ تاريخ تاریخ tarih תאריך",
    "language": "language lang sprache langue idioma lingua język язык 语言 言語 언어 اللغة زبان dil שפה",
    "address": "address url link uri href permalink web_url source_url webadresse adresse lien enlace dirección ссылка "
    "адрес 链接 网址 リンク 링크 الرابط bağlantı קישור",
    "note": "note notes remark remarks bemerkung notiz remarque nota anmerkung uwagi примечание 备注 備考 비고 ملاحظة",
    "uid": "uid uuid guid",
    "label": "label labels gold_label kategorie klasse étiquette etiqueta etichetta etykieta метка 标签 ラベル 레이블 "
    "etiket تصنيف",
}
_FIELD_OF = {folded(name): field for field, names in _NAMES.items() for name in names.split()}
# Where a table has several of these columns, the first name in the list is used.
_RANK = {folded(name): rank for names in _NAMES.values() for rank, name in enumerate(names.split())}

_MIN_MEAN_LENGTH = 40
"""Minimum mean length in characters of the cells of a column that probably holds the texts."""

_LABEL_SEPARATOR = re.compile(r"\s*[|;]\s*")


def table_of(columns: Sequence[str], rows: Iterable[Row | Refusal]) -> Table:
    """Return the beginning of a table, for choosing its columns."""
    first = [row for row in islice(rows, SHOWN_ROWS) if isinstance(row, Row)]
    shown = tuple(tuple(words_of(row.cells.get(column)) for column in columns) for row in first)
    if annotation_table.is_annotations(columns):
        return Table(tuple(columns), shown, annotation_table.annotation_columns(columns, {}), is_clear=True)
    suggested, is_clear = suggestion(columns, first)
    return Table(tuple(columns), shown, suggested, is_clear)


def suggestion(columns: Sequence[str], rows: Sequence[Row]) -> tuple[dict[str, str], bool]:
    """Return the column that probably holds each field, and whether the text was found by the name of its column."""
    found: dict[str, str] = {}
    for column in sorted(columns, key=lambda column: _RANK.get(folded(column), 0)):
        field = _FIELD_OF.get(folded(column))
        if field is not None:
            found.setdefault(field, column)
    # The name decides where those cells have words, or where there are no rows.
    is_clear = "text" in found and (not rows or any(words_of(row.cells.get(found["text"])).strip() for row in rows))
    if not is_clear:
        found.pop("text", None)
        lengths = {column: _mean_length(column, rows) for column in columns if column not in found.values()}
        longest = max(lengths, key=lambda column: lengths[column], default="")
        if longest and lengths[longest] >= _MIN_MEAN_LENGTH:
            found["text"] = longest
    return {field: found[field] for field in FIELDS if field in found}, is_clear


def _mean_length(column: str, rows: Sequence[Row]) -> float:
    cells = [words_of(row.cells.get(column)) for row in rows]
    # An address has no words.
    return sum(len(cell) for cell in cells if " " in cell or not cell.isascii()) / max(1, len(cells))


def read(
    columns: Sequence[str], rows: Iterable[Row | Refusal], chosen: Mapping[str, str], origin: Origin
) -> Iterator[Incoming]:
    """Yield the contents of a table. ``chosen``: the column of each field; empty: by their names and the first rows.

    Raise ImportRefused where a chosen column does not exist, or no column seems to hold the texts.
    """
    for field, column in chosen.items():
        if column not in columns:
            raise ImportRefused(
                f"“{origin.path.name}” has no column “{column}” for the field “{field}”: it has {_listed(columns)}."
            )
    if "label" in chosen and ({"quote", "fragments"} & set(chosen) or {"start", "end"} <= set(chosen)):
        is_annotations = True
    else:
        is_annotations = annotation_table.is_annotations(columns) and not (chosen and "text" in chosen)
    if is_annotations:
        yield from annotation_table.read(rows, annotation_table.annotation_columns(columns, chosen), origin)
        return
    if unknown := next((field for field in chosen if field not in FIELDS), ""):
        raise ImportRefused(f"“{unknown}” is no field of an article: use one of {', '.join(FIELDS)}.")
    waiting = iter(rows)
    first = list(islice(waiting, SHOWN_ROWS))
    if not chosen:
        chosen, _ = suggestion(columns, [row for row in first if isinstance(row, Row)])
    if "text" not in chosen:
        raise ImportRefused(
            f"“{origin.path.name}” has no column that seems to hold the texts: choose it among {_listed(columns)}."
        )
    fields = {column: field for field, column in chosen.items()}
    for row in chain(first, waiting):
        if isinstance(row, Refusal):
            yield row
            continue
        try:
            yield _article(row, chosen, fields, origin)
        except AnnotatorError as error:
            yield Refusal(row.place, str(error))


def _article(row: Row, chosen: Mapping[str, str], fields: Mapping[str, str], origin: Origin) -> Article:
    cells = {field: row.cells.get(column) for field, column in chosen.items()}
    body = canonical(words_of(cells["text"]))
    if not body.strip():
        raise InvalidValue(f"The cell “{chosen['text']}” is empty: the row has no text.")
    stem = origin.path.stem
    title, text, structure = with_title(canonical(words_of(cells.get("title"))), body, row_name(stem, row.place))
    facts = {
        column: _fact(cell) for column, cell in row.cells.items() if column not in fields and cell not in ("", None)
    }
    published_at = date_of(cells.get("published_at"))
    if not published_at and (stated := words_of(cells.get("published_at")).strip()):
        facts[chosen["published_at"]] = stated
    whole = trimmed(text, Span(len(text) - len(body), len(text)))
    return Article(
        title=title,
        text=text,
        structure=structure,
        source=words_of(cells.get("source")).strip(),
        author=words_of(cells.get("author")).strip().replace("\n\n", ", "),
        published_at=published_at,
        language=words_of(cells.get("language")).strip(),
        address=words_of(cells.get("address")).strip(),
        note=words_of(cells.get("note")).strip(),
        uid=words_of(cells.get("uid")).strip(),
        annotations=tuple(IncomingAnnotation(label, (whole,)) for label in _labels(cells.get("label")) if whole),
        origin_path=str(origin.path),
        origin_format=origin.format,
        origin_sha256=origin.sha256,
        facts=facts,
    )


def _labels(cell: Any) -> list[str]:
    """Return the labels of a cell: one, several separated by ``|`` or ``;``, or a list in JSON."""
    if isinstance(cell, str) and cell.strip().startswith("["):
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError):
            pass
    parts = cell if isinstance(cell, list) else _LABEL_SEPARATOR.split(words_of(cell))
    return list(dict.fromkeys(label for part in parts if (label := words_of(part).strip())))


def _fact(cell: Any) -> Any:
    return iso_of(cell) or cell


def _listed(columns: Sequence[str]) -> str:
    names = [f"“{column[:40]}”" for column in columns[:12]]
    return ", ".join(names) + (f" and {len(columns) - 12} more" if len(columns) > 12 else "")
