"""What openpyxl finds in a workbook: its sheets, its cells with their types, and whether anything in it is more than a
value."""

import json
import sys

from openpyxl import load_workbook

book = load_workbook(sys.argv[1])
sheets = [
    {
        "title": sheet.title,
        "rows": [[cell.value for cell in row] for row in sheet.iter_rows()],
        "types": sorted({cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}),
        "links": [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.hyperlink],
        "filter": sheet.auto_filter.ref,
        "used": sheet.dimensions,
        "frozen": sheet.freeze_panes,
    }
    for sheet in book.worksheets
]
print(json.dumps({"sheets": sheets, "names": list(book.defined_names), "macros": book.vba_archive is not None}))
