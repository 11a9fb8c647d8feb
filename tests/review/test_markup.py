"""Inline markup: whatever a source sends, a page gets i, b, sup, sub, u and text."""

from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from review.markup import ALLOWED, from_plain, html, plain

PIECES = ["<i>", "</i>", "<B>", "</b>", "<sup>", "</sub>", "<u>", "&lt;", "&amp;", "&l", "t;"]
PIECES += ["<script>", "<i onclick=x>", "<", ">", "&", '"', "'", "&#60;", "<i/>", "<!--", "-->"]
anything = st.lists(st.sampled_from(PIECES) | st.text(max_size=5)).map("".join)


class Page(HTMLParser):
    """Reads HTML as a browser does: text, and tags that must nest."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.open, self.seen = "", list[str](), set[str]()
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert attrs == []
        self.seen.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text())
@example("P < 0.05 & n > 30")
@example("&amp; is not & and <i> is no tag")
def test_typed_text_comes_back_as_it_was_typed(typed):
    assert plain(from_plain(typed)) == typed
    assert unescape(html(from_plain(typed))) == typed


@given(anything)
@example("<i><b>crossed</i></b>")
@example("&l<i>t;script&gt;")
def test_a_page_gets_only_allowed_tags_that_nest_and_the_text_a_person_reads(source):
    page = Page(html(source))
    assert page.seen <= set(ALLOWED)
    assert page.open == []
    assert page.text == plain(source)


@given(anything)
def test_rendering_what_was_rendered_changes_nothing(source):
    assert html(html(source)) == html(source)


@pytest.mark.parametrize(
    ("source", "shown", "read"),
    [
        ("CO<sub>2</sub> &lt; 5 %", "CO<sub>2</sub> &lt; 5 %", "CO2 < 5 %"),
        ("<I>E. coli</I>", "<i>E. coli</i>", "E. coli"),
        ("<i>never closed", "<i>never closed</i>", "never closed"),
        ("</b>never opened", "never opened", "never opened"),
        (
            "<script>alert(1)</script>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "<script>alert(1)</script>",
        ),
        ("&lt;i&gt;words&lt;/i&gt;", "&lt;i&gt;words&lt;/i&gt;", "<i>words</i>"),
        ('<b class="x">', "&lt;b class=&quot;x&quot;&gt;", '<b class="x">'),
        ("", "", ""),
    ],
)
def test_examples(source, shown, read):
    assert html(source) == shown
    assert plain(source) == read
