"""Formulas in sentences: what touches them is tied to them, and no word moves."""

import pytest
from docutils import nodes
from docutils.utils import new_document
from tied_formulas import TieFormulas


def tied(*parts):
    """A paragraph of texts and formulas ($...$) after the transform."""
    document = new_document("page")
    paragraph = nodes.paragraph()
    for part in parts:
        math = part.startswith("$")
        paragraph += nodes.math(part, part.strip("$")) if math else nodes.Text(part)
    document += paragraph
    before = paragraph.astext()
    TieFormulas(document).run()
    assert paragraph.astext() == before
    return [span.astext() for span in paragraph.findall(nodes.inline)]


def test_an_emphasised_phrase_takes_its_full_stop():
    document = new_document("page")
    phrase = nodes.emphasis("", "", nodes.Text("at "), nodes.math("u", "u"))
    document += nodes.paragraph("", "", nodes.Text("("), phrase, nodes.Text("). So"))
    TieFormulas(document).run()
    assert document.astext() == "(at u). So"
    assert [span.astext() for span in document.findall(nodes.inline)] == ["u)."]


@pytest.mark.parametrize(
    ("parts", "spans"),
    [
        (["so ", "$a$", ", and ", "$b$", "."], ["a,", "b."]),
        (["so (", "$a$", ")"], ["(a)"]),
        (["the ", "$n$", "-th one"], ["n-th"]),
        (["the ", "$n$", " one"], []),
        (["a clause", ".", "\n", "so ", "$a$", "."], ["a."]),  # equal texts
        (["$a$", ".", "$b$", "."], ["a.", "b."]),
        (["a-long-word-that-may-break:", "$a$", ".(as-in-other-places)"], ["a."]),
        (["$a$"], []),
    ],
)
def test_what_touches_a_formula_is_tied_to_it(parts, spans):
    assert tied(*parts) == spans
