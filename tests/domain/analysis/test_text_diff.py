"""Two versions of a text: what is common to them, and where spans of the old one stand in the new one."""

import random
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.domain.analysis.text_diff import Alignment, common_blocks, similarity
from annotator.domain.spans import Span

PIECES = st.sampled_from(["the ", "port ", "said", " ", "\n", "👨‍👩‍👧", "港", "口", "e\u0301", ".", "قال ", "A", "b-c"])
TEXTS = st.lists(PIECES, max_size=40).map("".join)

OLD = "The port will close on Friday. Its head said so.\nAnalysts expect a long closure, until spring perhaps.\n"
NEW = "Updated.\nThe port will close on Saturday. Its new head said so.\nNobody expects a long closure.\n"


@settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_blocks_are_common_and_in_order(old: str, new: str) -> None:
    at = (0, 0)
    for block in common_blocks(old, new):
        assert block.length > 0
        assert old[block.old : block.old + block.length] == new[block.new : block.new + block.length]
        assert block.old >= at[0] and block.new >= at[1]
        at = (block.old + block.length, block.new + block.length)


@given(TEXTS, TEXTS, TEXTS)
def test_what_is_untouched_moves_with_what_came_before_it(before: str, kept: str, added: str) -> None:
    whole = Alignment(f"{before} kept: {kept} ends", f"{before}{added} kept: {kept} ends")
    start = len(before) + len(" kept: ")
    found = whole.moved(Span(start, start + len(kept) + len(" ends")))
    if found is not None and "kept" not in added:
        assert found.of(f"{before}{added} kept: {kept} ends") == f"{kept} ends"


@given(TEXTS)
def test_an_unchanged_text_moves_nothing(text: str) -> None:
    same = Alignment(text, text)
    assert all(same.moved(Span(at, at + 1)) == Span(at, at + 1) for at in range(len(text)))


def where(words: str) -> str | None:
    start = OLD.index(words)
    found = Alignment(OLD, NEW).moved(Span(start, start + len(words)))
    return found.of(NEW) if found else None


def test_spans_follow_their_words() -> None:
    assert where("The port will close") == "The port will close"
    assert where("The port will close on Friday.") == "The port will close on Saturday."
    assert where("close on Friday") == "close on Saturday"
    assert where("Its head said so") == "Its new head said so"
    assert where("until spring perhaps") is None
    assert where("Friday") is None


def test_similarity() -> None:
    assert similarity(OLD, OLD) == 1
    assert similarity(OLD, NEW) > 0.3
    assert similarity(OLD, "Something else altogether, about a river and its fish.") < 0.1
    assert similarity("港口将于周五关闭。港务局", "港口将于周五关闭，港务局") > 0.5
    assert similarity("", "") == 1


def test_a_long_text_takes_little_more_than_twice_what_half_of_it_takes() -> None:
    rng = random.Random(7)
    words = [f"w{rng.randrange(30_000)}" for _ in range(100_000)]
    changed = [word if rng.random() > 0.03 else "changed" for word in words]

    def seconds(count: int) -> float:
        begun = time.process_time()
        blocks = common_blocks(" ".join(words[:count]), " ".join(changed[:count]))
        assert sum(block.length for block in blocks) > 0.9 * len(" ".join(changed[:count]))
        return time.process_time() - begun

    seconds(1_000)
    assert seconds(100_000) < 20 * seconds(20_000)
