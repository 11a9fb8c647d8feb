"""Long tasks as rows: the row is the outbox, a message only hints that work exists."""

from __future__ import annotations

from django.db import models

from review.querysets.jobs import JobQuerySet


class State(models.TextChoices):
    """Life of a job. ``cancelling`` is a wish that the worker obeys at its next step."""

    QUEUED = "queued", "Waiting for the worker"
    RUNNING = "running", "Running"
    CANCELLING = "cancelling", "Being cancelled"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed"
    DONE = "done", "Complete"


UNFINISHED = (State.QUEUED, State.RUNNING, State.CANCELLING)


class Job(models.Model):
    """One long task. A worker owns it while ``token`` is its own and the lease runs."""

    review = models.ForeignKey("review.Review", models.CASCADE, null=True, related_name="jobs")
    task = models.CharField("name of the Celery task", max_length=100)
    subject = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    key = models.CharField("idempotency key", max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    takeovers = models.PositiveSmallIntegerField("lost workers since its last step", default=0)
    heartbeat_at = models.DateTimeField(null=True)
    checkpoint = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    note = models.CharField("what it is doing", max_length=200, blank=True)
    problems = models.JSONField(default=list)
    error = models.TextField(blank=True)
    file = models.CharField("resulting file", max_length=200, blank=True)
    made_by = models.ForeignKey("review.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "lease_until"], name="jobs_to_sweep")]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_unfinished(self) -> bool:
        """Whether a worker has it or will get it."""
        return self.state in UNFINISHED


class Heartbeat(models.Model):
    """When a background process was last seen alive."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"


class PubmedSlot(models.Model):
    """The one limiter of all workers towards NCBI: when the next request may start."""

    key = models.CharField("API key's digest, or ip", max_length=64, primary_key=True)
    next_free_at = models.FloatField("seconds since the epoch", default=0)

    def __str__(self) -> str:
        return f"{self.key} free at {self.next_free_at:.2f}"
