"""Citation searching: from the included reports to what cites them, or to what they refer to."""

from __future__ import annotations

from review.models import Record, SearchRun
from review.models.searches import Chase
from review.pubmed.client import Found
from review.pubmed.links import CITED_IN, REFERENCES, follow
from review.pubmed.transport import Transport

LINKS = {Chase.CITED_BY: CITED_IN, Chase.REFERENCES: REFERENCES}
ASKED = {
    Chase.CITED_BY: "Articles that cite any of these included reports",
    Chase.REFERENCES: "References of these included reports",
}


def chase(run: SearchRun, transport: Transport) -> Found:
    """List what is linked to the reports that are included now, each record once.

    The run keeps these reports with their numbers of links, and what was asked in words: the seed
    set that PRISMA-S item 5 wants named. Raises what ``links.follow`` raises.
    """
    what = Chase(run.search.chase)
    pmids = list(dict.fromkeys(Record.objects.seeds(run.search.review)))
    links = follow(transport, pmids, LINKS[what])
    run.seeds = [[pmid, len(links[pmid])] for pmid in pmids]
    run.strategy = f"{ASKED[what]} (ELink {LINKS[what]}):\n{', '.join(pmids)}"
    found = tuple(dict.fromkeys(number for pmid in pmids for number in links[pmid]))
    return Found(count=len(found), pmids=found)
