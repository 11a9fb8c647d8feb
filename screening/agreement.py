"""How far two reviewers agreed, beyond what chance would give.

Percent agreement, Cohen's kappa, the prevalence- and bias-adjusted kappa (PABAK) and Gwet's AC1
stand together: screening is a search for rare includes, where kappa alone misleads (Feinstein &
Cicchetti 1990; Byrt, Bishop & Carlin 1993; Gwet 2008). A coefficient that the data do not
determine is None, "not estimable": never 0 and never 1.

Sources of the formulas: Cohen 1960; variance of kappa Fleiss, Cohen & Everitt 1969; PABAK in the
general form of Brennan & Prediger 1981; AC1 and its variance Gwet 2008.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

Table = tuple[tuple[int, ...], ...]
Weights = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient with its standard error and 95 % confidence interval.

    The last three are None where no interval is given.
    """

    value: float
    error: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """What one table of paired votes says. ``n``: reports; ``observed``: the share alike.

    The indices and the two shares of specific agreement exist for two categories only: the first
    is the one whose agreement is "positive".
    """

    n: int
    observed: float | None
    kappa: Estimate | None
    pabak: Estimate | None
    ac1: Estimate | None
    prevalence_index: float | None = None
    bias_index: float | None = None
    positive: float | None = None
    negative: float | None = None


def crosstab(pairs: Iterable[tuple[Hashable, Hashable]], categories: Sequence[Hashable]) -> Table:
    """Count pairs: rows are the first reviewer's categories, columns the second's.

    Raises ValueError for a vote that is none of the categories.
    """
    known = {category: number for number, category in enumerate(categories)}
    counts = [[0] * len(known) for _ in known]
    for first, second in pairs:
        if first not in known or second not in known:
            raise ValueError(f"{first!r} and {second!r} are not both among {list(known)}.")
        counts[known[first]][known[second]] += 1
    return tuple(map(tuple, counts))


def agreement(table: Table) -> Agreement:
    """Every coefficient of one pair of reviewers; ``table`` as from :func:`crosstab`."""
    n = _size(table)
    if n == 0:
        return Agreement(0, None, None, None, None)
    shares = _Shares(table)
    found = Agreement(n, shares.observed(), kappa(table), pabak(table), ac1(table))
    return found if len(table) != 2 else _with_indices(found, table)


def pooled(tables: Iterable[Table]) -> tuple[int, float | None, float | None]:
    """Number of pairs of votes, share alike and AC1 over all pairs of reviewers together.

    No interval is given: pairs of votes on one report are not independent of each other.
    """
    counted = [table for table in tables if _size(table)]
    if not counted:
        return 0, None, None
    size = range(len(counted[0]))
    total = tuple(tuple(sum(table[i][j] for table in counted) for j in size) for i in size)
    together = ac1(total)
    return _size(total), _Shares(total).observed(), together.value if together else None


def linear_weights(k: int) -> Weights:
    """Partial credit for ordered categories, such as judgements of risk of bias."""
    return [[1 - abs(i - j) / (k - 1) for j in range(k)] for i in range(k)]


def kappa(table: Table, weights: Weights | None = None) -> Estimate | None:
    """Cohen's kappa, weighted when ``weights`` are given; None when chance alone agrees fully."""
    shares = _Shares(table, weights)
    expected = shares.expected()
    if _size(table) == 0 or abs(1 - expected) < 1e-12:
        return None
    value = (shares.observed() - expected) / (1 - expected)
    by_row, by_column = shares.mean_weights()
    spread = sum(
        p * (w - (by_row[i] + by_column[j]) * (1 - value)) ** 2 for i, j, p, w in shares.cells()
    )
    variance = (spread - (value - expected * (1 - value)) ** 2) / (1 - expected) ** 2
    return _estimate(value, variance / _size(table), NormalDist().inv_cdf(0.975))


def pabak(table: Table) -> Estimate | None:
    """Brennan and Prediger's coefficient: chance is an even draw among the categories."""
    n, k = _size(table), len(table)
    if n == 0:
        return None
    observed = _Shares(table).observed()
    variance = (k / (k - 1)) ** 2 * observed * (1 - observed) / n
    return _small_sample((k * observed - 1) / (k - 1), variance, n)


def ac1(table: Table) -> Estimate | None:
    """Gwet's AC1: chance agreement only on the reports that are hard to tell."""
    n, k = _size(table), len(table)
    if n == 0:
        return None
    shares = _Shares(table)
    mean = [(row + column) / 2 for row, column in zip(shares.rows, shares.columns, strict=True)]
    expected = sum(p * (1 - p) for p in mean) / (k - 1)
    value = (shares.observed() - expected) / (1 - expected)
    spread = sum(
        p * (w - 2 * (1 - value) * (1 - (mean[i] + mean[j]) / 2) / (k - 1)) ** 2
        for i, j, p, w in shares.cells()
    )
    centre = shares.observed() - 2 * (1 - value) * expected
    variance = (spread - centre**2) / (n * (1 - expected) ** 2)
    return _small_sample(value, variance, n)


class _Shares:
    """A table as shares of its total, with the weight of each cell."""

    def __init__(self, table: Table, weights: Weights | None = None) -> None:
        n, size = _size(table) or 1, range(len(table))
        self.p = [[count / n for count in row] for row in table]
        self.w = weights or [[float(i == j) for j in size] for i in size]
        self.rows = [sum(row) for row in self.p]
        self.columns = [sum(row[j] for row in self.p) for j in size]

    def cells(self) -> Iterable[tuple[int, int, float, float]]:
        """Row, column, share and weight of each cell."""
        size = range(len(self.p))
        return [(i, j, self.p[i][j], self.w[i][j]) for i in size for j in size]

    def observed(self) -> float:
        return sum(p * w for _, _, p, w in self.cells())

    def expected(self) -> float:
        return sum(self.rows[i] * self.columns[j] * w for i, j, _, w in self.cells())

    def mean_weights(self) -> tuple[list[float], list[float]]:
        """For each row and each column, its mean weight under the other's margins."""
        size = range(len(self.p))
        return (
            [sum(self.columns[j] * self.w[i][j] for j in size) for i in size],
            [sum(self.rows[i] * self.w[i][j] for i in size) for j in size],
        )


def _with_indices(found: Agreement, table: Table) -> Agreement:
    (a, b), (c, d) = table
    return Agreement(
        *(found.n, found.observed, found.kappa, found.pabak, found.ac1),
        prevalence_index=abs(a - d) / found.n,
        bias_index=abs(b - c) / found.n,
        positive=2 * a / (2 * a + b + c) if a + b + c else None,
        negative=2 * d / (2 * d + b + c) if b + c + d else None,
    )


def _estimate(value: float, variance: float, quantile: float) -> Estimate:
    error = sqrt(max(0.0, variance))
    return Estimate(value, error, value - quantile * error, value + quantile * error)


def _small_sample(value: float, variance: float, n: int) -> Estimate:
    """With an interval by Student's t that ends at 1; one report alone gives none."""
    if n == 1:
        return Estimate(value)
    found = _estimate(value, variance, _student(n - 1))
    return Estimate(value, found.error, found.low, min(1.0, found.high or 1.0))


def _student(freedom: int) -> float:
    """The 97.5th percentile of Student's t; loaded when needed, it takes a quarter second."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))


def _size(table: Table) -> int:
    return sum(map(sum, table))
