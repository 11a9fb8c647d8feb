"""Two records compared: how alike they are, field by field, each computed when it is asked for."""

from __future__ import annotations

from review.dedupe import journals, places
from review.dedupe.names import names_alike
from review.dedupe.once import once
from review.dedupe.places import Place
from review.dedupe.score import letters_alike, texts_alike
from review.dedupe.sides import Side
from review.dedupe.titles import Title
from review.dedupe.wording import same_words


class Pair:
    """Two sides. Similarities are 0 to 1; None says that one side has nothing to compare."""

    def __init__(self, a: Side, b: Side) -> None:
        self.a, self.b = a, b

    @once
    def closest(self) -> tuple[Title, Title]:
        """The titles, translated or original, that are most alike."""
        a, b = self.a.titles, self.b.titles
        if len(a) == len(b) == 1:
            return a[0], b[0]
        return max(
            ((one, other) for one in a for other in b),
            key=lambda two: (
                letters_alike(two[0].letters, two[1].letters),
                sorted(one.letters for one in two),  # settles a draw whatever the order
            ),
        )

    @once
    def titles(self) -> float:
        """How alike the titles are."""
        one, other = self.closest
        return letters_alike(one.letters, other.letters)

    @property
    def unlike(self) -> bool:
        """Whether nothing is alike at first sight, so that no rule and no doubt can hold."""
        if self.titles >= 0.75 or self.same_doi or self.same_pmid or self.same_beginning:
            return False
        return not (self.same_page and self.same_volume)

    @once
    def worded(self) -> bool:
        """Whether the titles have the same words in any spelling."""
        one, other = self.closest
        return same_words(one.words, other.words)

    @once
    def authors(self) -> float:
        """How much of the shorter author list is in the longer."""
        return names_alike(self.a.names, self.b.names)

    @once
    def abstract(self) -> float | None:
        """How alike the abstracts are."""
        return texts_alike(self.a.abstract, self.b.abstract)

    @property
    def same_beginning(self) -> bool:
        """Whether the abstracts begin alike: only then they are worth comparing at length."""
        return bool(self.a.abstract) and self.a.abstract[:40] == self.b.abstract[:40]

    @once
    def journal(self) -> float | None:
        """How alike the journals are."""
        return journals.alike(self.a.journal, self.b.journal)

    @property
    def places(self) -> tuple[Place, Place]:
        """Volume, issue and pages of both."""
        return self.a.place, self.b.place

    @once
    def years(self) -> int | None:
        """Years between them; None when one is unknown."""
        a, b = self.a.year, self.b.year
        return None if a is None or b is None else abs(a - b)

    @property
    def same_pmid(self) -> bool:
        """Whether both have one PMID."""
        return places.same(self.a.pmid, self.b.pmid)

    @property
    def same_doi(self) -> bool:
        """Whether both have one DOI."""
        return places.same(self.a.doi, self.b.doi)

    @property
    def same_volume(self) -> bool:
        """Whether both stand in one volume, as far as known."""
        return places.volumes_same(*self.places)

    @property
    def same_page(self) -> bool:
        """Whether both begin on one page, as far as known."""
        return places.pages_same(*self.places)

    @property
    def pinned(self) -> bool:
        """Whether DOI, volume and first page agree: one spot in print."""
        return self.same_doi and self.same_volume and self.same_page

    @property
    def far_in(self) -> bool:
        """Whether both cover the same pages beyond 100: such pages run through a volume."""
        a, b = self.places
        return self.same_page and places.same(a.last, b.last) and len(a.first.strip("s")) > 2

    @property
    def in_supplement(self) -> bool:
        """Whether one stands in a supplement, where pages and DOIs hold many abstracts."""
        return any(place.supplement for place in self.places)

    @property
    def unsigned(self) -> bool:
        """Whether one side lists no authors."""
        return not self.a.names or not self.b.names

    @property
    def translated(self) -> bool:
        """Whether the titles are in two languages, so that they cannot be compared."""
        one, other = self.closest
        return one.foreign != other.foreign and self.titles < 0.75

    @once
    def contained(self) -> bool:
        """Whether one title is the beginning or the end of the other, with 30 letters or more."""
        one, other = sorted((title.letters for title in self.closest), key=len)
        return len(one) >= 30 and (other.startswith(one) or other.endswith(one))

    @property
    def shortened(self) -> bool:
        """Whether one title was cut, as everything says of where they stand."""
        a, b = self.places
        whole = self.same_volume and self.same_page and places.same(a.last, b.last)
        return whole and self.contained and not self.in_supplement and (self.journal or 0) >= 0.5

    @property
    def mistyped(self) -> bool:
        """Whether titles of one page differ by a letter in a word: sister papers have two pages."""
        one, other = self.closest
        at_one_page = self.same_volume and self.same_page and not self.in_supplement
        return at_one_page and same_words(one.words, other.words, lenient=True)

    @property
    def other_volume(self) -> bool:
        """Whether both volumes are known and differ."""
        return places.volumes_differ(*self.places)

    @property
    def other_issue(self) -> bool:
        """Whether both issues are known and differ."""
        return places.issues_differ(*self.places)

    @property
    def other_page(self) -> bool:
        """Whether both first pages are known and differ."""
        return places.pages_differ(*self.places)

    @property
    def no_conflict(self) -> bool:
        """Whether volume, issue, page and year (within one) agree as far as known."""
        elsewhere = self.other_volume or self.other_issue or self.other_page
        return not elsewhere and (self.years or 0) <= 1

    @property
    def generic(self) -> bool:
        """Whether a title is shared by many reports, as "Editorial" is."""
        return any(title.generic for title in self.closest)
