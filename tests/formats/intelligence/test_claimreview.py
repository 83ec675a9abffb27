"""ClaimReview: resolved claims with their verdicts, origins and articles, and nothing that would have to be fetched."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.services.claims.judged import case, claimed, stated

import annotator
from annotator.formats.intelligence import claim_review
from annotator.services.documents import documents


def exported(project: annotator.Project, out: Path) -> tuple[list[dict[str, Any]], list[str]]:
    report = project.export(out, "claimreview")
    page = json.loads(out.read_text(encoding="utf-8"))
    assert set(page) == {"@context", "@graph"}
    return page["@graph"], report.losses


def test_the_verdict_in_force_with_origin_and_articles(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        late = stated(project, "the port is shut", by="Ministry", outlet="Courier")
        early = stated(project, "the harbour is closed", outlet="Gazette")
        ministry = next(source for source in project.sources() if source.name == "Ministry")
        project.merge_sources(project.add_source("Ports office", "office").name, ministry)
        project.link(early, "Northern Wire", "origin")
        for one, day in ((late, "2026-03-02"), (early, "2026-03-01")):
            stored = project.document(one.document_id)
            project._stored.apply(documents.update(stored, published_at=day, address=f"https://x.example/{one.id}"))
        claim = claimed(project, "The port is shut.", late, early, topic="ports")
        project.resolve(claim, "confirmed", evidence="seen", resolved_on="2026-03-03")
        project.resolve(claim, "partly", evidence="one gate", address="https://y.example/", resolved_on="2026-03-05")
        claimed(project, "It is open.", stated(project, "it is open"))
        (review,), losses = exported(project, tmp_path / "claims.jsonld")
    assert review["reviewRating"] == {
        "@type": "Rating", "alternateName": "partly", "ratingValue": 3, "bestRating": 5, "worstRating": 1,
    }  # fmt: skip
    assert (review["claimReviewed"], review["datePublished"]) == ("The port is shut.", "2026-03-05")
    told = (review["author"]["name"], review["reviewBody"], review["citation"])
    assert told == ("ada", "one gate", "https://y.example/")
    item = review["itemReviewed"]
    assert item["author"]["name"] == "Northern Wire"
    assert item["firstAppearance"]["publisher"]["name"] == "Gazette"
    assert [one["datePublished"] for one in item["appearance"]] == ["2026-03-01", "2026-03-02"]
    assert item["about"]["name"] == "ports"
    assert any("1 claim left out: they are not resolved" in loss for loss in losses)


@pytest.mark.parametrize(("verdict", "number"), [("confirmed", 5), ("refuted", 1), ("unverifiable", None)])
def test_only_a_verdict_about_truth_has_a_number(tmp_path: Path, verdict: str, number: int | None) -> None:
    with case(tmp_path) as project:
        one = stated(project, "it rains", by="Ann", credibility=6)
        project.assess("Ann", "F")
        project.resolve(claimed(project, "It rains.", one), verdict, evidence="seen")
        (review,), _ = exported(project, tmp_path / "claims.jsonld")
    assert review["reviewRating"].get("ratingValue") == number
    assert review["reviewRating"]["alternateName"] == verdict


def test_no_claims_is_an_empty_page_and_odd_addresses_stay_out(tmp_path: Path) -> None:
    with case(tmp_path) as project:
        assert exported(project, tmp_path / "none.jsonld")[0] == []
        one = stated(project, "😀 <it> rains", by="Ann")
        claim = claimed(project, "😀 It “rains”.", one)
        project.resolve(claim, "confirmed", address="ask at the gate")
        (review,), _ = exported(project, tmp_path / "claims.jsonld")
    assert "citation" not in review
    assert review["claimReviewed"] == "😀 It “rains”."
    assert all(str(value).startswith(("https://schema.org/", "{")) for value in claim_review.CONTEXT.values())
