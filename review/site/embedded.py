"""The embedded broker: messages are files in one folder, read by exactly one worker.

Kombu's file transport writes a message under its final name, so that a reader can find half a
file; in trials it lost messages and killed the worker. Here a file gets its name only when it is
whole (write aside, then rename), names follow the clock of the day (a monotonic clock restarts at
boot and would put old messages last), and a message is claimed by a rename inside the folder's own
file system. A file that is no message is set aside: read, it would end the worker. A message is
only a hint: the job's row is what counts.
"""

import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

import structlog
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

PARTS = {"body", "headers", "properties"}  # of a message, without which kombu cannot take it

log = structlog.get_logger(__name__)


def transport_options(folder: Path) -> dict[str, Any]:
    """Options for a queue in ``folder``, which is made when it is missing."""
    for name in ("messages", "taken", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "processed_folder": str(folder / "taken"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.2,
    }


def write_whole(path: Path, content: Any) -> None:
    """Write JSON so that nobody can ever read half of it."""
    aside = path.with_name(f"{uuid.uuid4().hex}.part")
    aside.write_text(dumps(content), encoding="utf-8")  # type: ignore[no-untyped-call]
    os.replace(aside, path)


def read_whole(path: Path) -> Any:
    """The message in a file; None for anything else, which would end the worker."""
    try:
        message = loads(path.read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]
    except ValueError:
        return None
    return message if isinstance(message, dict) and message.keys() >= PARTS else None


class Channel(filesystem.Channel):
    """A channel of whole files."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns()}_{uuid.uuid4().hex}.{queue}.msg"
        write_whole(Path(self.data_folder_out) / name, payload)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = Path(self.processed_folder) / name
            try:
                os.rename(Path(self.data_folder_in) / name, taken)
            except FileNotFoundError:
                continue  # another reader was quicker
            message = read_whole(taken)
            if message is not None:
                taken.unlink()
                return message
            os.rename(taken, taken.with_suffix(".unreadable"))
            log.error("message_unreadable", file=name)
        raise Empty()

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        bindings = self.get_table(exchange)  # type: ignore[no-untyped-call]
        new = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        if new not in bindings:
            path = self._exchange_file(exchange)  # type: ignore[no-untyped-call]
            write_whole(path, [new, *bindings])


class Transport(filesystem.Transport):
    """Kombu's file transport with whole files, read in the worker's event loop as Redis is.

    Without the loop all pool processes read their tasks from one pipe behind one lock: who is
    killed while waiting there takes the lock along, and the worker does nothing ever after.
    """

    Channel = Channel
    implements = filesystem.Transport.implements.extend(asynchronous=True)

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        """Look for messages again and again, and take what the worker has room for."""
        loop.call_repeatedly(self.polling_interval, self._take_messages)

    def _take_messages(self) -> None:
        with suppress(Empty):
            while True:
                self.cycle.get(self._deliver)  # type: ignore[union-attr]
