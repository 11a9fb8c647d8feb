"""Names of authors in one cell, whatever a source or a program made of what parts them."""

from __future__ import annotations

import pytest

from review.dedupe.bylines import authors


@pytest.mark.parametrize(
    "text",
    [
        "Younger, Jarred; Noor, Noorulain; McCue, Rebecca",
        "Younger, Jarred W. and Noor, Noorulain and McCue, Rebecca",
        "Jarred Younger, Noorulain Noor, Rebecca McCue",
        "J. W. Younger; N. Noor; R. McCue",
        "Younger J; Noor N; McCue R",
        "Younger, J. and Noor, N. and McCue, R.",
        "Younger, J., Noor, N., McCue, R.",
        "Younger J, Noor N, McCue R",
        "Younger J.Noor N.McCue R.",
        "YoungerJ.; NoorN.; McCueR.",
        "Younger J. W.Noor N.McCue R.",
    ],
)
def test_names_are_read_from_one_cell_whatever_parts_them(text: str) -> None:
    read = authors(text)
    assert [each.last for each in read] == ["Younger", "Noor", "McCue"]
    assert [(each.initials or each.fore)[0] for each in read] == ["J", "N", "R"]


def test_an_empty_cell_names_nobody() -> None:
    assert authors(" ") == ()
