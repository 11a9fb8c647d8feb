"""Exported tables of extraction, in the form in which the export job takes them.

``EXPORTS`` holds an ``ExportKind`` by key. Its ``rows(review)`` gives the headers and an iterator
of lists of cells (text, numbers, None), one row at a time, so that a job can write a file of any
size and show how far it is:

    headers, rows = EXPORTS["values"].rows(review)

Columns are those of django-import-export Resources. Cells are as stored: making them safe for
spreadsheets is the writer's task (review.tables). Rows that the demo made carry their label.
"""

from extraction.resources.kind import ExportKind
from extraction.resources.risk_of_bias import risk_of_bias_rows
from extraction.resources.values import long_rows, wide_rows

KINDS = (
    ExportKind(
        "risk-of-bias",
        "Risk of bias",
        "One row per result and instrument: every answer, the algorithm's judgement and the final "
        "one of each domain with its reason.",
        risk_of_bias_rows,
    ),
    ExportKind(
        "values",
        "Extracted data, long",
        "One row per value with its unit, state, report, page and quote.",
        long_rows,
    ),
    ExportKind(
        "studies",
        "Extracted data, wide",
        "One row per study, one column per field; fields of results have a column for each result.",
        wide_rows,
    ),
)
EXPORTS = {kind.key: kind for kind in KINDS}

__all__ = ["EXPORTS", "ExportKind"]
