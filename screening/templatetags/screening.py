"""How pages of screening word values."""

from __future__ import annotations

from django import template

from screening.agreement import Estimate

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    """Write a share from 0 to 1 as whole percent: 0.973 gives "97 %"."""
    return "–" if share is None else f"{share:.0%}".replace("%", " %")


@register.filter
def decimals(value: float | None) -> str:
    """Write a coefficient with two decimals and a true minus; None is "not estimable"."""
    return "not estimable" if value is None else f"{value:.2f}".replace("-", "−")


@register.filter
def estimate(found: Estimate | None) -> str:
    """Write a coefficient and its 95 % confidence interval: "0.80 (0.68 to 0.91)"."""
    if found is None:
        return decimals(None)
    if found.low is None:
        return decimals(found.value)
    return f"{decimals(found.value)} ({decimals(found.low)} to {decimals(found.high)})"
