"""What every answer of the site must carry, whatever it is about and however it ended."""

from __future__ import annotations

from typing import Any

STRICT = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PDF = {"frame-ancestors": "'self'"}  # it stands beside the extraction form
FILE = {"sandbox": ""}


def policy_of(answer: Any) -> dict[str, str]:
    """The content security policy by directive."""
    rules = answer.headers.get("Content-Security-Policy", "").split(";")
    parts = (rule.strip().partition(" ") for rule in rules if rule.strip())
    return {name: value for name, _, value in parts}


def wrong_headers(answer: Any) -> list[str]:
    """Sentences: which of the headers is missing or weaker than it must be."""
    is_pdf = answer.headers.get("Content-Type") == "application/pdf"
    is_file = answer.headers.get("Content-Disposition", "").startswith("attachment")
    policy = STRICT | (PDF if is_pdf else {}) | (FILE if is_file else {})
    wanted = HEADERS | ({"X-Frame-Options": "SAMEORIGIN"} if is_pdf else {})
    wrong = [
        f"{name}: {answer.headers.get(name)}, not {value}"
        for name, value in wanted.items()
        if answer.headers.get(name) != value
    ]
    if policy_of(answer) != policy:
        wrong.append(f"Content-Security-Policy: {policy_of(answer)}")
    if "no-store" not in answer.headers.get("Cache-Control", ""):
        wrong.append(f"Cache-Control: {answer.headers.get('Cache-Control')}")
    return wrong
