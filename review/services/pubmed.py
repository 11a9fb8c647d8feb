"""How this site asks PubMed: in turn with all its workers, with its key, its pauses shown."""

from __future__ import annotations

import hashlib

from django.conf import settings

from review.errors import Incomplete
from review.pubmed.transport import Retrying, Transport
from review.pubmed.wire import Limits
from review.services import limiter
from review.services.jobs import Claim

REQUEST = Limits(total=60.0)  # shorter than a job's lease, which is renewed before each request


def check_email() -> None:
    """Raise Incomplete while the site has no address that PubMed could write to."""
    if not settings.NCBI_EMAIL:
        raise Incomplete(
            "PubMed wants to know whom to write to if a program misbehaves. Ask whoever runs this "
            "site to set NCBI_EMAIL to the team\u2019s address and to restart Winnow."
        )


def connect(claim: Claim) -> Transport:
    """Make the transport of a job: every request renews the job's lease and waits for its turn."""
    key = settings.NCBI_API_KEY
    slot = hashlib.sha256(key.encode()).hexdigest() if key else "ip"
    spacing = limiter.SPACING_WITH_KEY if key else limiter.SPACING

    def show(seconds: float, why: str) -> None:
        claim.renew(note=f"Waiting {seconds:.0f} s: {why}"[:200])

    def wait() -> None:
        claim.renew()
        limiter.wait_for_slot(
            slot, spacing, lambda seconds: show(seconds, "PubMed asked all of us for a pause.")
        )

    return Transport(
        base_url=settings.EUTILS_BASE_URL,
        tool=settings.NCBI_TOOL,
        email=settings.NCBI_EMAIL,
        api_key=key,
        wait=wait,
        push_back=lambda seconds: limiter.push_back(slot, seconds),
        limits=REQUEST,
        retrying=Retrying(on_wait=show, patience=limiter.PATIENCE),
    )
