"""Results of a study: what was compared, on what outcome, when. Appraisals hang on them."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from extraction.errors import AlreadyThere
from extraction.models import Result
from review.models import Study, User
from review.services.log import log

FIELDS = ("outcome", "instrument", "time_point", "comparison", "estimate")


def add_result(*, study: Study, actor: User | None, is_demo: bool = False, **values: str) -> Result:
    """Add a result (any of ``FIELDS``). Raises AlreadyThere when the study has it."""
    _check(values)
    result = Result(study=study, made_by=actor, is_demo=is_demo, **values)
    _save(result, actor, "added a result", {})
    return result


def change_result(*, result: Result, actor: User, **values: str) -> Result:
    """Change a result; what it was stays in the log. Raises AlreadyThere for a twin."""
    _check(values)
    current = Result.objects.get(pk=result.pk)
    old = {
        name: getattr(current, name) for name in values if getattr(current, name) != values[name]
    }
    if not old:
        return result
    for name, value in values.items():
        setattr(result, name, value)
    _save(result, actor, "changed a result", old)
    return result


def _check(values: dict[str, str]) -> None:
    if unknown := set(values) - set(FIELDS):
        raise TypeError(f"not a field of a result: {', '.join(sorted(unknown))}")


def _save(result: Result, actor: User | None, what: str, old: dict[str, str]) -> None:
    try:
        with transaction.atomic():
            result.save()
            log(
                review=result.study.review,
                actor=actor,
                what=what,
                subject=f"result {result.pk}: {result}",
                old=old or None,
                new={name: getattr(result, name) for name in (old or FIELDS)},
            )
    except IntegrityError as error:
        raise AlreadyThere(
            "This study already has a result with the same outcome, instrument, time point and "
            "comparison. Open that one, or say what differs."
        ) from error
