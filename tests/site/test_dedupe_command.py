"""``manage.py dedupe``: a table in, clusters and questions out, whole files or none."""

from __future__ import annotations

import csv
import gzip
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

HEAD = "record_id,title,authors,year,journal,volume,issue,pages,doi,pmid,abstract,shelf"
TITLE = "Low-dose naltrexone for the treatment of fibromyalgia: findings of a small trial"
PLACE = "2013,Arthritis and rheumatism,65,2,529-38"
ROWS = [
    f'pm1,{TITLE},"Younger, J.; Noor, N.; McCue, R.",{PLACE},10.1002/art.37734,23359310,,B 7',
    f'em9,{TITLE.upper()},"Younger J., Noor N., McCue R.",{PLACE},,,,',
    f'ps4,Erratum: {TITLE},"Younger J, Noor N",2013,Arthritis and rheumatism,65,4,1108,,,,',
    'cc2,A survey of opioids in the aged,"Mackey, S.",2009,Pain medicine,10,4,663-72,,,,',
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return written(tmp_path, "\n".join([HEAD, *ROWS]))


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "in.csv"
    path.write_bytes(text.encode(encoding))
    return path


def run(table: Path, **more: Path) -> tuple[str, str]:
    """Run the command beside its table; give what it says and what it complains about."""
    said, complained = StringIO(), StringIO()
    paths = {"out": table.with_name("out.csv"), "queue": table.with_name("queue.csv"), **more}
    call_command("dedupe", str(table), **paths, stdout=said, stderr=complained)
    return said.getvalue(), complained.getvalue()


def read(table: Path, name: str) -> list[list[str]]:
    with table.with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_each_record_has_a_cluster_and_the_rule_that_put_it_there(table: Path) -> None:
    """No database is needed: this test has none."""
    said, complained = run(table)
    assert read(table, "out.csv") == [
        ["record_id", "cluster_id", "rule"],
        ["cc2", "cc2", ""],
        ["em9", "em9", ""],
        ["pm1", "em9", "place"],
        ["ps4", "ps4", ""],
    ]
    assert said == "4 records, 3 reports; left to a person: 1 pair.\n"
    assert complained == ""


def test_the_queue_says_why_each_pair_was_not_certain(table: Path) -> None:
    run(table)
    head, (one, other, score, why) = read(table, "queue.csv")
    assert head == ["id_a", "id_b", "score", "why"]
    assert (one, other) == ("em9", "ps4")
    assert 0 < float(score) < 0.5
    assert "but one is a notice about a report" in why


def test_the_queue_may_be_left_out(table: Path) -> None:
    call_command("dedupe", str(table), out=table.with_name("out.csv"), stdout=StringIO())
    assert not table.with_name("queue.csv").exists()
    assert len(read(table, "out.csv")) == 5


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_table_of_another_program_is_read(tmp_path: Path, encoding: str) -> None:
    text = "\r\n".join([HEAD, *ROWS]).replace("Younger", "Ångström")
    table = written(tmp_path, text, encoding)
    run(table)
    assert ["pm1", "em9", "place"] in read(table, "out.csv")


def test_a_packed_table_is_read(tmp_path: Path) -> None:
    table = tmp_path / "in.csv.gz"
    table.write_bytes(gzip.compress("\n".join([HEAD, *ROWS]).encode()))
    run(table)
    assert len(read(table, "out.csv")) == 5


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",No identifier,,,,,,,,,,", "No record_id"),
        ("pm1,Twice,,,,,,,,,,", "The record_id pm1 stood in an earlier row"),
        ("x1,A title, with a comma,,,,,,,,,,", "13 cells under 12 columns"),
        ("x1,Cut off", "2 cells under 12 columns"),
        ('x1,"Never closed,,,,,,,,,,', "Unexpected end of data"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_with_its_line(
    tmp_path: Path, row: str, why: str
) -> None:
    table = written(tmp_path, "\n".join([HEAD, *ROWS, row]))
    said, complained = run(table)
    assert complained == f"line 6: {why}; this row was left out.\n"
    assert said.endswith(" 1 row could not be read.\n")
    assert len(read(table, "out.csv")) == 5


def test_rows_behind_a_bad_one_are_read(tmp_path: Path) -> None:
    table = written(tmp_path, "\n".join([HEAD, "x1,Cut off", *ROWS]))
    run(table)
    assert ["pm1", "em9", "place"] in read(table, "out.csv")


@pytest.mark.parametrize("text", ["", "name,words\nx,y", "record_id,abstract\nx,y"])
def test_a_file_without_the_names_of_its_columns_is_refused(tmp_path: Path, text: str) -> None:
    table = written(tmp_path, text)
    with pytest.raises(CommandError, match=r"first line must name the columns.*Nothing was"):
        run(table)
    assert [each.name for each in tmp_path.iterdir()] == ["in.csv"]


def test_what_cannot_be_written_leaves_the_old_files_as_they_were(table: Path) -> None:
    table.with_name("out.csv").write_text("of yesterday")
    with pytest.raises(CommandError, match="Nothing was written"):
        run(table, queue=table.parent / "no folder" / "queue.csv")
    assert table.with_name("out.csv").read_text() == "of yesterday"
    assert sorted(each.name for each in table.parent.iterdir()) == ["in.csv", "out.csv"]


def test_a_table_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"No such file.*Nothing was written"):
        run(tmp_path / "in.csv")


def test_one_file_cannot_be_both(table: Path) -> None:
    with pytest.raises(CommandError, match="two files"):
        run(table, queue=table.with_name("out.csv"))
    assert not table.with_name("out.csv").exists()
