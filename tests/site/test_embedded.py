"""The embedded broker loses no message and gives none twice."""

import multiprocessing
import time
from collections import Counter
from pathlib import Path

import pytest
from kombu import Connection, Queue

from review.site.embedded import Transport, transport_options, write_whole

QUEUE = Queue("celery", routing_key="celery")
SPAWN = multiprocessing.get_context("spawn")


def connect(folder: Path) -> Connection:
    return Connection(
        "filesystem://", transport=Transport, transport_options=transport_options(folder)
    )


def send(folder: Path, sender: int, number: int) -> None:
    with connect(folder) as connection:
        producer = connection.Producer()
        for n in range(number):
            producer.publish({"n": (sender, n)}, routing_key="celery", declare=[QUEUE])


def receive(folder: Path, number: int, seconds: float = 60) -> list[tuple[int, int]]:
    """Read until ``number`` messages came, and a moment longer for any that came twice."""
    seen: list[tuple[int, int]] = []
    with connect(folder) as connection, connection.SimpleQueue("celery") as queue:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                message = queue.get(timeout=0.5)
            except queue.Empty:
                if len(seen) >= number:
                    break
                continue
            sender, n = message.payload["n"]
            seen.append((sender, n))
            message.ack()
    return seen


def test_a_thousand_messages_of_four_processes_arrive_once_each(tmp_path: Path) -> None:
    senders = [SPAWN.Process(target=send, args=(tmp_path, s, 250)) for s in range(4)]
    for sender in senders:
        sender.start()
    seen = receive(tmp_path, 1000)
    for sender in senders:
        sender.join(30)
        assert sender.exitcode == 0
    assert len(seen) == 1000
    assert not [item for item, times in Counter(seen).items() if times > 1]
    assert not list((tmp_path / "messages").iterdir())
    assert not list((tmp_path / "taken").iterdir())


def test_messages_of_one_sender_arrive_in_their_order(tmp_path: Path) -> None:
    send(tmp_path, 0, 30)
    assert receive(tmp_path, 30) == [(0, n) for n in range(30)]


def test_a_half_written_message_is_never_seen(tmp_path: Path) -> None:
    send(tmp_path, 0, 1)
    (tmp_path / "messages" / "0123.part").write_text('{"body": "cut of')
    assert receive(tmp_path, 1) == [(0, 0)]


@pytest.mark.parametrize("nonsense", [b"", b'{"body": "cut of', b"[]", b"{}", b"null", b"\xff\xfe"])
def test_a_file_that_is_no_message_is_set_aside_and_the_next_is_read(
    tmp_path: Path, nonsense: bytes
) -> None:
    send(tmp_path, 0, 1)
    (tmp_path / "messages" / "0_first.celery.msg").write_bytes(nonsense)
    assert receive(tmp_path, 1) == [(0, 0)]
    assert (tmp_path / "taken" / "0_first.celery.unreadable").read_bytes() == nonsense


def test_a_message_survives_the_process_that_sent_it(tmp_path: Path) -> None:
    sender = SPAWN.Process(target=send, args=(tmp_path, 7, 1))
    sender.start()
    sender.join(30)
    assert receive(tmp_path, 1) == [(7, 0)]


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    write_whole(tmp_path / "table", ["old"])
    with pytest.raises(TypeError):
        write_whole(tmp_path / "table", object())
    assert (tmp_path / "table").read_text() == '["old"]'
