"""A process that was started for another one ends with it, also when that one was killed.

``manage.py up`` tells its children its process id in WINNOW_PARENT; Celery's pool processes do the
same with their worker. A process whose parent is gone is adopted, so its parent's id changes:
that is looked at every second, which works on Linux and macOS alike.
"""

import os
import signal
import threading
import time

PARENT = "WINNOW_PARENT"
GRACE = 5.0


def follow_starter(ending: signal.Signals = signal.SIGTERM) -> None:
    """Send ``ending`` to this process once the one named in WINNOW_PARENT is not its parent.

    Nothing happens where none is named. A process that does not end is ended after a while.
    """
    if not (named := os.environ.get(PARENT, "")):
        return
    parent = int(named)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), ending)
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
