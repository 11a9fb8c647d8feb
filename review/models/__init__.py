"""Identification and the flow: people, protocol, searches, records, positions, jobs."""

from review.models.flow import Move, Position, Report, Study
from review.models.imports import ColumnMapping, Import
from review.models.jobs import Heartbeat, Job, PubmedSlot
from review.models.kept import KeptValue
from review.models.keys import BlockKey
from review.models.log import Event, Purge
from review.models.matching import Merge, Pair
from review.models.people import Membership, User
from review.models.protocol import CriteriaVersion, Criterion, Reason, Review
from review.models.records import Record, Revision
from review.models.refresh import Alert, Finding, LinkedNotice, Sentinel
from review.models.removals import Removal
from review.models.retrieval import FullText, Retrieval
from review.models.schedules import Schedule
from review.models.searches import Search, SearchRun, SourceKind
from review.models.stages import Stage, StageName

__all__ = [
    "Alert",
    "BlockKey",
    "ColumnMapping",
    "CriteriaVersion",
    "Criterion",
    "Event",
    "Finding",
    "FullText",
    "Heartbeat",
    "Import",
    "Job",
    "KeptValue",
    "LinkedNotice",
    "Membership",
    "Merge",
    "Move",
    "Pair",
    "Position",
    "PubmedSlot",
    "Purge",
    "Reason",
    "Record",
    "Removal",
    "Report",
    "Retrieval",
    "Review",
    "Revision",
    "Schedule",
    "Search",
    "SearchRun",
    "Sentinel",
    "SourceKind",
    "Stage",
    "StageName",
    "Study",
    "User",
]
