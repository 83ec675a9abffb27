"""Reports: as of a day, traceable, sealed, the same each time, and harmless whatever names they hold."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.services.claims.judged import case, stated

import annotator
from annotator.domain import dates
from annotator.domain.errors import ExportRefused, InvalidValue, NotFound
from annotator.services.reports.historical_judgements import AsOf
from annotator.store import log
from annotator.store.check import check


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", page.partition("<body")[2]))


def test_a_past_day_prints_the_old_letter_and_the_old_verdict(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        one = stated(project, "it rains", by="Ann", outlet="Courier", credibility=2)
        project.assess("Ann", "B", made_on="2026-01-10", rationale="right so far")
        project.assess("Ann", "E", made_on="2026-03-10", rationale="wrong twice")
        claim = project.add_claim("It rains.", [one])
        project.resolve(claim, "confirmed", evidence="wet", resolved_on="2026-01-20")
        project.resolve(claim, "refuted", evidence="dry", resolved_on="2026-03-20")
        old, new = (words(project.report(claim=claim, as_of=day)) for day in ("2026-02-01", "2026-04-01"))
        assert "Reliability B (usually reliable), by ada. right so far. In force since 2026-01-10." in old
        assert "Confirmed on 2026-01-20, by ada. Evidence: wet." in old
        assert "unreliable" not in old and "refuted" not in old.casefold()
        assert "Reliability E (unreliable), by ada. wrong twice. In force since 2026-03-10." in new
        assert "Refuted on 2026-03-20, by ada. Evidence: dry." in new
        assert "2026-01-10: Ann assessed as B" in new
        before = words(project.report(claim=claim, as_of="2026-01-01"))
        assert "Not assessed on that day." in before and "Open: it was not resolved on that day." in before


def test_grades_are_taken_back_out_of_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = "2026-01-05T10:00:00.000Z"
    monkeypatch.setattr(log, "now", lambda: moment)
    with case(tmp_path) as project:
        one = stated(project, "it rains", by="Ann", credibility=3, probability=60)
        other = stated(project, "it snows", by="Ann")
        moment = "2026-02-05T10:00:00.000Z"
        project.update(one, credibility=5, probability=20, note="changed")
        moment = "2026-03-05T10:00:00.000Z"
        project.update(one, credibility=4)
        project.remove(other)
        for day, digit, probability in (("2026-01-05", 3, 60), ("2026-02-20", 5, 20), ("2026-03-05", 4, 20)):
            held = AsOf(project._stored, day).judged(project.annotation(one.id), None, None)
            assert (held.annotation.credibility, held.annotation.probability, held.is_later) == (
                digit,
                probability,
                False,
            )
        later = AsOf(project._stored, "2026-01-04").judged(project.annotation(one.id), None, None)
        assert (later.is_later, later.annotation.credibility, later.score) == (True, None, "")
        assert "Annotated after that day: not graded yet." in words(project.report(as_of="2026-01-04"))
        page = words(project.report(as_of="2026-01-05"))
        assert "-3" in page and "Likelihood: 60%, likely (55-80%)" in page


def test_every_sentence_of_the_summary_names_its_statements(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        wire = "Reporting by Northern Wire"
        ids = [
            stated(project, f"the port is shut {who}", outlet=who, more=wire, confidence="high") for who in ("A1", "B2")
        ]
        unnamed = project.add_source("an official", "unnamed")
        told = stated(project, "it may open", by=unnamed.name, outlet="A1", label="speculation", probability=30)
        project.add_claim("The port is shut.", ids)
        page = words(project.report())
        assert "It is based on 3 statements of 1 named source in 3 documents [1-3]." in page
        assert "1 statement from sources that are not named [3]: they cannot be looked up." in page
        assert "Circular reporting in 1 claim: several outlets have it from one origin [1-2]." in page
        assert "Gap: 1 claim with one origin only [1-2]." in page
        assert f"uid {told.uid}" in page
        # A likelihood and a confidence never stand in one sentence.
        assert "Likelihood: 30%, unlikely (20-45%)" in page and "Confidence: high" in page
        tip = project._stored.read.log.tip()
        assert f"ends with entry {tip.number}, whose hash is {tip.hash}." in page


def test_the_same_day_is_the_same_page_and_the_subject_narrows_it(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        one = stated(project, "it rains", by="Ann", outlet="Courier")
        stated(project, "it snows", by="Bea", outlet="Gazette")
        assert project.report() == project.report() == project.report(as_of=dates.today())
        assert "Bea" not in words(project.report(source="Ann"))
        assert "Gazette" not in words(project.report(document=one.document_id))
        project.report(tmp_path / "out.html")
        assert (tmp_path / "out.html").read_text(encoding="utf-8") == project.report()
        with pytest.raises(InvalidValue, match="only one of them"):
            project.report(document=1, source="Ann")
        with pytest.raises(InvalidValue, match="not a date"):
            project.report(as_of="last week")
        with pytest.raises(NotFound):
            project.report(claim=9)
        with pytest.raises(ExportRefused):
            project.report(tmp_path / "nowhere" / "out.html")


def test_names_are_escaped_and_what_is_published_later_is_left_out(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        stated(project, "<script>x</script> & more", by="<b>Ann</b>", outlet="Courier")
        late = project.add_document("Late & <i>new</i>", "It is new.", published_at="2026-05-01")
        project.annotate(late, 0, 9, "claim")
        page = project.report()
        assert "<script>" not in page and "<b>Ann" not in page and "<i>new" not in page
        assert "Late &amp; &lt;i&gt;new" in page
        assert "Late" not in project.report(as_of="2026-04-30")
        assert not re.search(r"https?://|src=|@import", page)


class Elements(HTMLParser):
    """The elements of a page in their order, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("kind", ["report", "page"])
def test_a_page_forbids_what_is_not_in_it(tmp_path: Path, kind: str) -> None:
    hostile = '<img src="file:///etc/passwd"><style>@import "x"</style><a href="javascript:x" onclick="x">'
    with case(tmp_path) as project:
        stated(project, f"{hostile} said so", by=hostile, outlet=f"Courier {hostile}")
        project.rename_label("claim", hostile)
        out = tmp_path / "out.html"
        if kind == "report":
            out.write_text(project.report(), encoding="utf-8")
        else:
            project.export(out, "page")
    found = Elements(out.read_text(encoding="utf-8")).found
    policies = [at for at, (_, held) in enumerate(found) if held.get("http-equiv") == "Content-Security-Policy"]
    assert policies and policies[0] < [tag for tag, _ in found].index("style")
    assert (found[policies[0]][1]["content"] or "").startswith("default-src 'none';")
    assert not {tag for tag, _ in found} & {"img", "script", "link", "iframe", "object", "base"}
    assert len([tag for tag, _ in found if tag == "style"]) == 1
    assert not [name for _, held in found for name in held if name.startswith("on") or name in ("src", "background")]
    assert not [held for _, held in found if (held.get("href") or "").startswith("javascript")]


def test_f_and_6_are_in_no_number(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        stated(project, "it rains", by="Ann", credibility=6)
        project.assess("Ann", "F")
        page = words(project.report())
        assert "1 F (cannot be judged)" in page and "1 6 (cannot be judged)" in page
        assert not re.search(r"\b50 ?%|\b0\.5\b", page)


def test_a_changed_byte_is_found_by_the_check(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        stated(project, "it rains on the unmistakable plain", by="Ann", note="a remarkable note")
        assert list(check(project._stored._connections.connection)) == []
    path = tmp_path / "case.anno"
    data = path.read_bytes()
    assert data.count(b"a remarkable note") >= 1
    path.write_bytes(data.replace(b"a remarkable note", b"a remarkable nite", 1))
    with annotator.open(path, read_only=True) as project:
        assert list(check(project._stored._connections.connection)) != []
