"""Commands that list and change labels."""

from pathlib import Path

from tests.cli.conftest import Run

import annotator


def test_labels_are_listed_renamed_and_merged(run: Run, case: Path) -> None:
    with annotator.open(case) as project:
        project.add_label("denial", parent="official statement")
    listed = {found["name"]: found for found in run("labels", case, "--json").json}
    assert list(listed) == ["claim", "speculation", "official statement", "denial"]
    assert listed["claim"]["annotations"] == 1 and listed["denial"]["parent"] == "official statement"
    assert "4\tdenial\tD\t#CC79A7\t\tofficial statement\t0\n" in run("labels", case).out
    renamed = run("rename-label", case, "claim", "assertion")
    assert renamed == (0, "", "Rename claim to assertion: 1 annotation in 1 document now has this name.\n")
    sentence = "Moves 1 annotation in 1 document from 'assertion' and 'denial' to 'speculation'; then they go.\n"
    merging = ("merge-labels", case, "assertion", "denial", "--into", "speculation")
    for options in (["--dry-run"], []):
        assert len(run("labels", case, "--json").json) == 4
        assert run(*merging, *options) == (0, "", sentence)
    assert [found["annotations"] for found in run("labels", case, "--json").json] == [1, 0]
    assert "no label 'claim'" in run.refused("rename-label", case, "claim", "x")
    assert "already" in run.refused("rename-label", case, "speculation", "Official Statement")
    assert "into itself" in run.refused("merge-labels", case, "speculation", "--into", "speculation")
    with annotator.open(case) as project:
        assert project.undo() == "Merge 2 labels into speculation"
        assert project.undo() == "Rename claim to assertion"
        assert [annotation.label for annotation in project.annotations()] == ["claim"]


def test_a_label_is_recoloured_and_its_look_alikes_are_named(run: Run, case: Path) -> None:
    assert run("recolor-label", case, "claim", "#aa0000") == (0, "", "Recolour claim.\n")
    told = run("recolor-label", case, "Claim", "#e69f01").err.splitlines()
    apart = "their lines (solid, dashes) and their initials (C, S) distinguish them"
    assert told == ["Recolour claim.", f"claim and speculation look alike to everybody; {apart}."]
    assert "not a colour" in run.refused("recolor-label", case, "claim", "red")
    assert "no label 'rumour'" in run.refused("recolor-label", case, "rumour", "#000000")
    with annotator.open(case) as project:
        assert project.labels()[0].color == "#E69F01"
