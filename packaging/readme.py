"""Writes the table of formats into README.md, between its two marks, from the registry. ``make readme`` runs it."""

from pathlib import Path

from annotator.formats import registry

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN = "<!-- The table is written by make readme. -->\n"
END = "<!-- End of the table. -->\n"


def with_table(readme: str) -> str:
    """``readme`` with the table of formats as the registry has it now."""
    before, rest = readme.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{registry.as_markdown()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
