"""A reading view for each test."""

import pytest
from pytestqt.qtbot import QtBot
from tests.app.reader.sample_article import ARTICLE, STYLES, settle, span_of

from annotator.app.reader.document_view import DocumentView


@pytest.fixture
def view(qtbot: QtBot) -> DocumentView:
    view = DocumentView()
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.set_label_styles(STYLES)
    view.show()
    return view


@pytest.fixture
def article(view: DocumentView) -> DocumentView:
    structure = [
        ("title", span_of(ARTICLE, "Talks on pipeline resume")),
        ("lead", span_of(ARTICLE, "First lead point")),
    ]
    view.set_document(ARTICLE, structure)
    settle()
    return view
