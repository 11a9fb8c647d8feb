"""The protocol: its question, versions of criteria, and the rules of its stages."""

from __future__ import annotations

import pytest

from review.errors import Incomplete, Stale
from review.models import CriteriaVersion, Event, Reason, Stage
from review.services.protocol import set_criteria, set_question
from review.services.stages import former_values, set_rules
from tests.people import CRITERIA, Team, team


@pytest.fixture
def t(db: None) -> Team:
    return team()


def stage(t: Team, name: str = "title_abstract") -> Stage:
    return t.review.stages.get(name=name)


def texts(version: CriteriaVersion) -> list[tuple[str, str]]:
    return [(each.text, each.reason.label) for each in version.in_order()]


# Question -----------------------------------------------------------------------------------


def test_question_is_changed_and_logged_with_both_wordings(t: Team) -> None:
    set_question(review=t.review, actor=t.lead, title="LDN", population="Adults with pain")
    t.review.refresh_from_db()
    assert (t.review.title, t.review.population) == ("LDN", "Adults with pain")
    event = Event.objects.get(what="changed the question")
    assert event.old == {"title": "Low-dose naltrexone for chronic pain", "population": ""}
    assert event.new == {"title": "LDN", "population": "Adults with pain"}


def test_unchanged_question_logs_nothing(t: Team) -> None:
    set_question(review=t.review, actor=t.lead, title=t.review.title)
    assert not Event.objects.filter(what="changed the question").exists()


def test_slug_is_not_part_of_the_question(t: Team) -> None:
    with pytest.raises(TypeError, match="slug"):
        set_question(review=t.review, actor=t.lead, slug="other")


# Criteria -----------------------------------------------------------------------------------


def test_changed_criteria_are_a_new_version_and_the_old_one_stays(t: Team) -> None:
    old = CriteriaVersion.objects.in_force(t.review)
    new = set_criteria(review=t.review, criteria=CRITERIA[::-1], actor=t.lead)
    assert old is not None
    assert (old.number, texts(old)) == (1, CRITERIA)
    assert (new.number, texts(new), new.made_by) == (2, CRITERIA[::-1], t.lead)
    assert [reason.label for reason in Reason.objects.in_order(t.review)] == [
        "Wrong study design",
        "Wrong intervention",
        "Wrong population",
    ]


def test_same_criteria_are_no_new_version(t: Team) -> None:
    spaced = [(f" {text} ", f" {label.replace(' ', '  ')}") for text, label in CRITERIA]
    assert set_criteria(review=t.review, criteria=spaced, actor=t.lead).number == 1
    assert CriteriaVersion.objects.count() == 1


def test_versions_share_a_reason_of_the_same_wording(t: Team) -> None:
    before = set(Reason.objects.values_list("pk", flat=True))
    set_criteria(review=t.review, criteria=[("Adults", "Wrong population")], actor=t.lead)
    assert set(Reason.objects.values_list("pk", flat=True)) == before


def test_capital_letters_do_not_make_another_reason(t: Team) -> None:
    set_criteria(review=t.review, criteria=[("Adults", "Wrong Population")], actor=t.lead)
    labels = Reason.objects.filter(label__iexact="wrong population")
    assert [reason.label for reason in labels] == ["Wrong Population"]


def test_other_review_has_reasons_of_its_own(t: Team) -> None:
    other = team("elsewhere", shared=t)
    assert not set(t.review.reasons.all()) & set(other.review.reasons.all())
    assert t.review.reasons.count() == other.review.reasons.count() == 3


@pytest.mark.parametrize(
    ("criteria", "says"),
    [
        ([], "at least one criterion"),
        ([("Adults", " ")], "needs a text and the reason"),
        ([(" ", "Wrong population")], "needs a text and the reason"),
        ([("Adults", "Wrong"), ("Pain", "wrong")], "the same exclusion reason"),
        ([("Adults", "x" * 81)], "Shorten the reasons to 80"),
    ],
)
def test_incomplete_criteria_are_refused_in_words(
    t: Team, criteria: list[tuple[str, str]], says: str
) -> None:
    with pytest.raises(Incomplete, match=says):
        set_criteria(review=t.review, criteria=criteria, actor=t.lead)
    assert CriteriaVersion.objects.count() == 1


def test_second_lead_does_not_overwrite_what_the_first_saved_meanwhile(t: Team) -> None:
    set_criteria(review=t.review, criteria=CRITERIA[:2], actor=t.lead, seen=1)
    with pytest.raises(Stale, match="version 2"):
        set_criteria(review=t.review, criteria=CRITERIA[:1], actor=t.lead, seen=1)
    assert CriteriaVersion.objects.count() == 2


def test_sending_the_same_form_twice_is_no_conflict(t: Team) -> None:
    for _ in range(2):
        version = set_criteria(review=t.review, criteria=CRITERIA[:2], actor=t.lead, seen=1)
    assert version.number == 2


# Rules --------------------------------------------------------------------------------------


def test_rules_are_changed_and_logged(t: Team) -> None:
    set_rules(stage=stage(t), actor=t.lead, votes_needed=1, consensus=True)
    now = stage(t)
    assert (now.votes_needed, now.consensus) == (1, True)
    event = Event.objects.get(what="changed the rules of title and abstract")
    assert event.old == {"votes_needed": 2, "consensus": False}


def test_a_rule_that_stays_is_not_logged(t: Team) -> None:
    assert set_rules(stage=stage(t), actor=t.lead, votes_needed=2, order="arrival") is None
    set_rules(stage=stage(t), actor=t.lead, votes_needed=3, order="arrival", reason="Safer")
    event = Event.objects.get(what="changed the rules of title and abstract")
    assert (event.old, event.new, event.reason) == (
        {"votes_needed": 2},
        {"votes_needed": 3},
        "Safer",
    )


def test_people_are_logged_by_key_and_name(t: Team) -> None:
    """An address may pass to another person; a key never does."""
    chosen = [t.bo.pk, t.ann.pk]
    set_rules(stage=stage(t), actor=t.lead, voters="chosen", chosen=chosen)
    event = Event.objects.get(what="changed the rules of title and abstract")
    assert event.old == {"voters": "all", "chosen": []}
    assert event.new["chosen"] == [
        {"person": t.ann.pk, "name": "Ann"},
        {"person": t.bo.pk, "name": "Bo"},
    ]
    assert former_values(event) == {"voters": "all", "chosen": []}


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ([], "only 0 people are chosen"),
        (["ann"], "only 1 person is chosen"),
        (["ann", "lead"], "reviewers of this review"),
        (["ann", "stranger"], "reviewers of this review"),
    ],
)
def test_nobody_is_chosen_who_cannot_vote_and_never_too_few(
    t: Team, chosen: list[str], says: str
) -> None:
    people = [getattr(t, name).pk for name in chosen]
    with pytest.raises(Incomplete, match=says):
        set_rules(stage=stage(t), actor=t.lead, voters="chosen", chosen=people)
    assert stage(t).voters == "all"
    assert not stage(t).chosen.exists()


def test_a_full_text_names_its_authors_so_they_are_not_hidden_there(t: Team) -> None:
    with pytest.raises(Incomplete, match="names its authors"):
        set_rules(stage=stage(t, "full_text"), actor=t.lead, hide_authors=True)
    set_rules(stage=stage(t), actor=t.lead, hide_authors=True)
    assert stage(t).hide_authors
