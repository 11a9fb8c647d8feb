"""Text of PubMed as inline markup: no tag but ours, no word lost, and formulas that keep sense."""

from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from review.markup import ALLOWED, html, plain
from review.pubmed.inline import bare, inline
from review.pubmed.mathml import flat
from review.pubmed.parse import read
from tests.pubmed_records import article, document

letters = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zs", "Cn")), min_size=1, max_size=8
)
trees = st.recursive(
    letters.map(escape),
    lambda inner: st.tuples(st.sampled_from(ALLOWED), st.lists(inner, max_size=3)).map(
        lambda found: f"<{found[0]}>{''.join(found[1])}</{found[0]}>"
    ),
    max_leaves=8,
)


@settings(max_examples=50)
@given(trees)
@example("H<sub>2</sub>O &amp; <i>P</i> &lt; 0.05")
def test_markup_that_pubmed_sends_comes_through_unchanged(title):
    (record,) = read(document(article(7, title))).parsed
    assert record.citation.title == title
    assert html(record.citation.title).count("<") == title.count("<")


@settings(max_examples=50)
@given(letters)
@example("<i>")
@example("&lt;")
def test_words_come_through_whatever_characters_they_have(words):
    (record,) = read(document(article(7, escape(words), authors=(words,)))).parsed
    assert plain(record.citation.title) == words
    assert record.citation.authors[0].last == words


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("two\n      lines\tand  more ", "two lines and more"),
        ("a\u00a0b\u2009c", "a\u00a0b\u2009c"),
        ("<SUP>2</SUP>", "<sup>2</sup>"),
        ('<sup xmlns="x">2</sup>', "<sup>2</sup>"),
        ("<em>kept</em> words", "kept words"),
        ('<sup title="<script>">2</sup>', '&lt;sup title=""&gt;2</sup>'),
        ("1 &lt; 2 &amp; 3", "1 &lt; 2 &amp; 3"),
        ("", ""),
    ],
)
def test_text_is_one_line_with_our_tags_only(sent, kept):
    assert inline(sent) == kept


def test_names_and_keywords_have_no_markup():
    assert bare("H<sub>2</sub>O &amp; salt &lt;b&gt;") == "H2O & salt <b>"


def math(inner: str) -> str:
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{inner}</math>'


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("<msup><mn>10</mn><mn>3</mn></msup>", "10<sup>3</sup>"),
        ("<msub><mi>H</mi><mn>2</mn></msub><mi>O</mi>", "H<sub>2</sub>O"),
        ("<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>", "x<sub>1</sub><sup>2</sup>"),
        ("<mover><mi>V</mi><mo>.</mo></mover>", "V\u0307"),
        ("<mover><mi>x</mi><mo>¯</mo></mover>", "x\u0304"),
        ("<mover><mi>AB</mi><mo>→</mo></mover>", "AB<sup> → </sup>"),
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
        (
            "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac>",
            "(a+b)/c",
        ),
        ("<msqrt><mi>n</mi></msqrt>", "√n"),
        ("<mroot><mi>n</mi><mn>3</mn></mroot>", "<sup>3</sup>√n"),
        ("<mi>p</mi><mo>&lt;</mo><mn>0.05</mn>", "p &lt; 0.05"),
        ("<mi>f</mi><mo>\u2061</mo><mi>x</mi>", "fx"),
        (
            "<mmultiscripts><mi>He</mi><mprescripts/><none/><mn>3</mn></mmultiscripts>",
            "<sup>3</sup>He",
        ),
        ("<munderover><mo>∑</mo><mn>1</mn><mi>n</mi></munderover>", "∑<sub>1</sub><sup>n</sup>"),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a, b)"),
        ("<mtable><mtr><mi>a</mi><mi>b</mi></mtr><mtr><mi>c</mi></mtr></mtable>", "a, b; c"),
        ("<semantics><mi>a</mi><annotation>tex</annotation></semantics>", "a"),
        ("<mtext>about </mtext><mspace/><mn>3</mn>", "about 3"),
        ("<mi>He</mi><mtext> </mtext><mi>MRI</mi>", "He MRI"),
        ("<msup><mi>lonely</mi></msup>", "lonely"),
        ("<mstyle>\n  <mi>a</mi>\n  <mi>b</mi>\n</mstyle>", "ab"),
    ],
)
def test_a_formula_keeps_its_meaning_on_one_line(formula, written):
    assert flat(math(formula)) == written
    assert inline(f"so {math(formula)}.") == f"so {written}."


def test_a_broken_formula_keeps_its_words():
    assert flat("<math><msup><mn>10</mn></math>") == "10"
