"""The PRISMA diagram: what it says, where it links, and that it is safe markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from lxml import etree

from review.prisma import Counts, Group, Source, Studies, diagram, table, tally
from tests.review.test_prisma_tally import worked_example

NS = "{http://www.w3.org/2000/svg}"
HOSTILE = 'No "arm" <script>alert(1)</script> & more\x0b\ud800'


def parsed(svg: str) -> etree._Element:
    return etree.fromstring(svg.encode())


def box(root: etree._Element, name: str) -> etree._Element:
    (found,) = root.findall(f".//{NS}g[@id='{name}']")
    return found


def said(element: etree._Element) -> str:
    words = " ".join(" ".join(text.itertext()) for text in element.iter(f"{NS}text"))
    return " ".join(words.split())


def links(root: etree._Element) -> dict[str, str]:
    return {said(a): a.get("href") for a in root.iter(f"{NS}a")}


def both(counts: Counts) -> Iterator[etree._Element]:
    for page in (False, True):
        yield parsed(diagram(counts, page=page))


def left_only() -> Counts:
    groups = [Group("left", "excluded", 900), Group("left", "included", 14)]
    return tally([Source(1, "database", "PubMed", 1000)], groups, Studies(12, 14))


def test_a_box_is_a_labelled_picture_with_its_number_and_a_tooltip() -> None:
    for root in both(worked_example()):
        screened = box(root, "box4")
        assert screened.get("role") == "img"
        assert screened.get("aria-label") == "Records screened, n = 1,054"
        assert screened.findtext(f"{NS}title") == (
            "Records with a final decision on title and abstract."
        )


def test_the_printed_box_reads_as_in_the_guideline() -> None:
    root = parsed(diagram(worked_example()))
    assert said(box(root, "box3")) == (
        "Records removed before screening: Duplicate records removed (n = 95) Records marked as "
        "ineligible by automation tools (n = 10) Records removed for other reasons (n = 2)"
    )


def test_a_box_on_a_page_has_its_words_and_then_its_number() -> None:
    root = parsed(diagram(worked_example(), page=True))
    assert said(box(root, "box4")) == "Records screened 1,054"


def test_the_excluded_box_lists_every_reason_and_what_is_still_open() -> None:
    root = parsed(diagram(worked_example()))
    assert said(box(root, "box9")) == (
        "Reports excluded (n = 100) Wrong population (n = 50) Not a trial (n = 31) "
        "No comparator (n = 19) Reports of ongoing studies (n = 2) Awaiting classification (n = 1)"
    )


def test_experts_are_named_in_the_right_column_with_their_net_number() -> None:
    root = parsed(diagram(worked_example()))
    assert said(box(root, "box11")) == (
        "Records identified from†: Citation searching (n = 10) Experts contacted (n = 3)"
    )


def test_the_right_column_is_drawn_only_for_other_methods() -> None:
    right = ["othstud", "box11", "box12", "box13", "box14", "box15"]
    for counts, drawn in ((worked_example(), True), (left_only(), False)):
        for root in both(counts):
            ids = {g.get("id") for g in root.iter(f"{NS}g")}
            assert [name in ids for name in right] == [drawn] * 6
            assert ids >= {f"box{n}" for n in range(2, 11)} | {"newstud", "screening", "included"}


@pytest.mark.parametrize("key", ["box4", "records_screened"])
def test_a_box_of_one_number_is_one_link(key: str) -> None:
    root = parsed(diagram(worked_example(), {key: "/r/ldn/records?at=screened"}))
    assert links(root) == {"Records screened (n = 1,054)": "/r/ldn/records?at=screened"}
    assert box(root, "box4").getparent().tag == f"{NS}a"


def test_lines_with_their_own_records_are_links_of_their_own() -> None:
    urls = {
        ("dbr_excluded", "Not a trial"): "/a",
        ("database_specific_results", "PubMed"): "/b",
        "register_results": "/c",
        "box9": "/not-used-because-links-cannot-nest",
    }
    root = parsed(diagram(worked_example(), urls))
    assert links(root) == {
        "Not a trial (n = 31)": "/a",
        "PubMed (n = 702)": "/b",
        "Registers (n = 22)": "/c",
    }
    assert {box(root, name).get("role") for name in ("box2", "box9")} == {"group"}


def test_a_box_of_many_lines_without_links_of_their_own_can_be_one_link() -> None:
    root = parsed(diagram(worked_example(), {"box3": "/removed"}))
    assert list(links(root).values()) == ["/removed"]


def test_without_addresses_nothing_is_a_link() -> None:
    assert links(parsed(diagram(worked_example()))) == {}


def test_an_undecided_review_says_draft_with_how_much_and_where() -> None:
    for root in both(worked_example()):
        words = said(root)
        assert "DRAFT – 55 records await a decision" in words
        assert "Databases and registers: 40 to screen · 3 screening conflicts" in words
        assert "Other methods: 1 to screen" in words


def test_a_page_that_says_itself_what_is_undecided_has_it_once() -> None:
    root = parsed(diagram(worked_example(), label="demo example", page=True, banner=False))
    assert "DRAFT" not in said(root)
    assert "demo example" not in said(root)


def test_one_undecided_record_is_singular() -> None:
    one = tally([Source(1, "database", "PubMed", 1)], [Group("left", "sought", 1)], Studies(0, 0))
    words = said(parsed(diagram(one)))
    assert "DRAFT – 1 record awaits a decision" in words
    assert "1 full text to retrieve" in words


def test_a_decided_review_is_no_draft() -> None:
    for root in both(left_only()):
        assert "DRAFT" not in said(root)


def test_the_watermark_is_on_paper_only_and_silent() -> None:
    css = f".//{NS}text[@class='prisma-watermark']"
    mark = parsed(diagram(worked_example())).find(css)
    assert mark is not None
    assert (mark.text, mark.get("aria-hidden"), mark.get("pointer-events")) == (
        "DRAFT",
        "true",
        "none",
    )
    assert parsed(diagram(worked_example(), page=True)).find(css) is None


def test_numbers_that_do_not_add_up_are_named_on_the_diagram() -> None:
    broken = replace(left_only(), duplicates=1, new_reports=15)
    assert "The numbers do not add up: E1, E7" in said(parsed(diagram(broken)))
    assert "add up" not in said(parsed(diagram(left_only())))


def test_the_label_of_a_demo_is_printed() -> None:
    words = said(parsed(diagram(left_only(), label="demo example, not a judgement")))
    assert "demo example, not a judgement" in words


def test_footnotes_explain_the_marks_that_are_used_and_name_the_source() -> None:
    words = said(parsed(diagram(worked_example())))
    assert "** By people 900, by automation tools 25." in words
    assert "† Without 18 that duplicate another record; 7 of those shown were excluded" in words
    assert "‡ With 2 added by splitting a record" in words
    assert "BMJ 2021;372:n71." in words


def test_an_empty_review_is_drawn_with_zeros_and_without_marks() -> None:
    for root in both(tally([], [], Studies(0, 0))):
        assert box(root, "box4").get("aria-label") == "Records screened, n = 0"
        assert not set("*†‡") & set(said(root))


@pytest.mark.parametrize("page", [False, True])
def test_what_people_typed_is_escaped_and_never_markup(page: bool) -> None:
    sources = [Source(1, "database", HOSTILE, 1), Source(2, "other", HOSTILE, 0)]
    groups = [Group("left", "excluded_full_text", 1, HOSTILE)]
    counts = tally(sources, groups, Studies(0, 0))
    urls = {("dbr_excluded", HOSTILE): '/x?a="b"&c=<d>'}
    root = parsed(diagram(counts, urls, label=HOSTILE, page=page))
    assert "<script>alert(1)</script>" in said(root).replace("> ", ">").replace(" <", "<")
    assert [a.get("href") for a in root.iter(f"{NS}a")] == ['/x?a="b"&c=<d>']
    allowed = {"svg", "g", "a", "rect", "path", "polygon", "text", "tspan", "title"}
    assert {element.tag.removeprefix(NS) for element in root.iter()} <= allowed


@pytest.mark.parametrize("page", [False, True])
def test_nothing_in_the_picture_needs_a_style_a_script_or_the_network(page: bool) -> None:
    root = parsed(diagram(worked_example(), {"box4": "/x"}, page=page))
    for element in root.iter():
        names = set(element.keys())
        assert "style" not in names
        assert not any(name.startswith("on") for name in names)
        assert "url(" not in " ".join(element.values())


def test_templates_may_print_the_picture_as_it_is() -> None:
    picture = diagram(left_only())
    assert picture.__html__() == str(picture)


def test_the_table_gives_every_number_of_the_diagram_in_reading_order() -> None:
    rows = table(worked_example(), {("dbr_excluded", "Not a trial"): "/a"})
    assert [row.label for row in rows[:3]] == [
        "Records identified from: Databases",
        "Records identified from: PubMed",
        "Records identified from: Embase",
    ]
    assert rows[-1].label == "Reports of included studies"
    assert [(row.key, row.n, row.href) for row in rows if row.href] == [
        (("dbr_excluded", "Not a trial"), 31, "/a")
    ]


def test_the_table_agrees_with_the_json() -> None:
    counts = worked_example()
    values = counts.as_json()
    for row in table(counts):
        value = values[row.data]
        if isinstance(value, dict):
            value = sum(value.values()) if row.key == row.data else value[row.key[1]]
        assert row.n == value, row
