"""Run a Python module whose clock is wrong: ``python -m tests.faults.clock SECONDS MODULE ...``."""

from __future__ import annotations

import runpy
import sys
import time
from datetime import timedelta

from django.utils import timezone


def main() -> None:
    """Put both clocks that Django asks so many seconds on, or back; then run the module."""
    shift = float(sys.argv[1])
    seconds, now = time.time, timezone.now
    time.time = lambda: seconds() + shift
    timezone.now = lambda: now() + timedelta(seconds=shift)  # type: ignore[assignment]
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
