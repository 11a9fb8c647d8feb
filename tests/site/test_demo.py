"""The demo review: real publications, made-up judgements that are labelled as such."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from extraction.models import Answer, Assessment, Judgement, Result, Value
from review.models import FullText, Merge, Record, Report, Retrieval, Review, User
from review.site.audit import differences
from review.site.flow import counts_of
from screening.models import Decision

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings: Settings) -> Review:
    settings.SITE_IS_LOCAL = True
    call_command("demo", stdout=StringIO())
    return Review.objects.get(slug="ldn")


def test_every_source_and_every_open_box_of_the_demo_has_something(demo: Review) -> None:
    counts = counts_of(demo)

    assert (counts.database_results, counts.register_results) == (31, 2)
    assert counts.other_raw["citation"] == 27
    assert counts.other_net["citation"] == 26
    for arm in (counts.left, counts.right):
        assert arm.sought > arm.assessed > arm.included > 0
        assert arm.not_retrieved > 0
        assert arm.excluded
        assert arm.screening_pending > 0
        assert arm.screening_conflicts > 0
    assert counts.left.full_text_conflicts == 1
    assert (counts.new_studies, counts.new_reports) == (5, 7)
    assert counts.draft


def test_the_demo_passes_its_audit(demo: Review) -> None:
    assert list(differences(demo)) == []


def test_a_publication_found_twice_is_one_report(demo: Review) -> None:
    merge = Merge.objects.get(review=demo)

    assert set(merge.survivor.records.values_list("search__source", flat=True)) == {
        "PubMed",
        "Reference lists and citing articles",
    }
    assert "PMID" in merge.why


def test_every_judgement_of_the_demo_is_labelled(demo: Review) -> None:
    for model in (Decision, FullText, Retrieval, Value, Answer, Judgement, Result, Assessment):
        rows = model.objects
        assert rows.count() > 0
        assert not rows.filter(is_demo=False).exists()


def test_extraction_is_started_for_two_studies_from_cells_that_were_read(demo: Review) -> None:
    values = Value.objects.filter(review=demo)

    assert set(values.values_list("report__records__identifier", flat=True)) == {
        "38258677",
        "42385209",
    }
    assert values.get(field="randomised", study__label__startswith="FINAL").data == "99"
    assert not values.exclude(page="", quote="").exists()
    assert not Result.objects.exclude(estimate="").exists()


def test_blank_cells_of_the_snapshot_stay_blank(demo: Review) -> None:
    dosing = Record.objects.get(identifier="28325149").current

    assert dosing is not None
    assert dosing.citation.title == "Low Dose Naltrexone in the Treatment of Fibromyalgia"
    assert (dosing.citation.authors, dosing.citation.year, dosing.citation.doi) == ((), None, "")


def test_the_lead_of_the_demo_is_the_site_admin_and_nobody_else(demo: Review) -> None:
    assert list(User.objects.filter(is_superuser=True).values_list("email", flat=True)) == [
        "lead@example.org"
    ]


def test_the_demo_is_loaded_once(demo: Review) -> None:
    before = Report.objects.count()

    with pytest.raises(CommandError, match="There is a review ldn already"):
        call_command("demo", stdout=StringIO())

    assert Report.objects.count() == before


def test_the_demo_is_never_loaded_on_a_public_site(settings: Settings) -> None:
    settings.SITE_IS_LOCAL = False

    with pytest.raises(CommandError, match="SITE_URL"):
        call_command("demo", stdout=StringIO())

    assert not User.objects.exists()
