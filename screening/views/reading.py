"""What a screening page shows of one report; the same for a first vote and a changed one."""

from __future__ import annotations

from typing import Any

from review.access import Access
from review.models import Report, Stage, StageName
from screening import ballots
from screening.forms.votes import BallotForm
from screening.models import Decision, Kind
from screening.querysets import criteria_in_force
from screening.services.highlights import highlights_of
from screening.services.in_force import held_of


def reading(
    access: Access, stage: Stage, report: Report, *, known: Decision | None, form: BallotForm | None
) -> dict[str, Any]:
    """The context of a report to vote on; ``known`` is the reader's own vote that stands.

    ``form`` None makes an empty one, or the known vote's words where there is one.
    """
    access.cover(report)
    criteria = criteria_in_force(stage.review_id)
    full_text = stage.name == StageName.FULL_TEXT
    siblings = _siblings(report) if full_text else []
    access.cover(*siblings)
    return {
        "access": access,
        "stage": stage,
        **text_of(report),
        "highlights": highlights_of(access),
        "criteria": criteria,
        "full_text": full_text,
        "asks_reason": full_text or stage.ask_reasons,
        "held": list(held_of(report)) if full_text else [],
        "siblings": siblings,
        "known": known,
        "form": form or BallotForm(initial={"note": known.note} if known else None),
        "chosen_reason": _reason(form, known),
        "token": ballots.issue(
            voter=access.user,
            stage=stage,
            report=report,
            criteria=criteria[0].version_id if criteria else None,
            known=known.pk if known else None,
        ),
    }


def last_return(report: Report, stage: Stage, known: Decision | None = None) -> Decision | None:
    """The return of a report that was decided before, unless the reader has voted since."""
    back = Decision.objects.on(report, stage).filter(kind=Kind.RETURN).select_related("actor")
    return back.filter(pk__gt=known.pk if known else 0).last()


def text_of(report: Report) -> dict[str, Any]:
    """The report and its text; without a text the records that name it, to be read elsewhere."""
    if report.face is not None:
        return {"report": report, "citation": report.face.citation}
    records = list(report.records.select_related("search"))
    return {"report": report, "citation": None, "records": records}


def _siblings(report: Report) -> list[Report]:
    """The other reports of the same study: what one leaves out another may tell."""
    if report.study_id is None:
        return []
    others = Report.objects.live().filter(study=report.study_id).exclude(pk=report.pk)
    return list(others.select_related("face").order_by("place"))


def _reason(form: BallotForm | None, known: Decision | None) -> int | None:
    if form is not None:
        return form.cleaned_data.get("reason") if form.is_bound else None
    return known.reason_id if known else None


def last_vote(access: Access, stage: Stage) -> Decision | None:
    """The reader's newest vote at the stage, which "undo" takes back."""
    return Decision.objects.latest_of(access.user, stage).select_related(None).first()
