"""Letters leave once in effect, wait when the server is away, and can be withdrawn."""

from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hub.clock import now
from hub.db import read_session, transaction
from hub.delivery import deliver_due
from hub.mail import FileMailer, MailDelayedError, MailRefusedError
from hub.outbox import Letter, OutboxLetter, claim_due, enqueue, supersede


def letter(key: str, subject_key: str = "conference:1") -> Letter:
    return Letter(
        dedupe_key=key,
        subject_key=subject_key,
        kind="invitation",
        to_email="an@example.vn",
        to_name="Nguyễn Văn An",
        subject="Giấy mời họp: ứng phó lũ",
        text_body="Kính mời",
        calendar_method="REQUEST",
        calendar_body="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    )


def put(*letters: Letter) -> None:
    with transaction() as session:
        for item in letters:
            enqueue(session, item)


def states() -> list[str]:
    session = read_session()
    session.rollback()
    return list(session.scalars(select(OutboxLetter.state).order_by(OutboxLetter.id)))


@dataclass(slots=True)
class MemoryMailer:
    """Keeps messages instead of sending them."""

    sent: list[EmailMessage] = field(default_factory=list)

    def send(self, message: EmailMessage) -> None:
        self.sent.append(message)


class Refusing(MemoryMailer):
    """A server that answers every message with the error given."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def send(self, message: EmailMessage) -> None:
        raise self.error


def test_a_letter_leaves_once(app: Flask) -> None:
    put(letter("a"))
    mailer = MemoryMailer()
    settings = app.extensions["hub.settings"]

    assert deliver_due(mailer, settings) == 1
    assert deliver_due(mailer, settings) == 0
    assert len(mailer.sent) == 1
    assert states() == ["sent"]


def test_the_calendar_part_says_its_method(app: Flask) -> None:
    put(letter("a"))
    settings = app.extensions["hub.settings"]
    folder = settings.instance_dir / "mail"
    deliver_due(FileMailer(folder), settings)
    [file] = folder.glob("*.eml")
    message = message_from_bytes(file.read_bytes())
    [part] = [p for p in message.walk() if p.get_content_type() == "text/calendar"]

    assert part.get_param("method") == "REQUEST"
    assert part.get_payload(decode=True) == b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def test_a_busy_server_is_tried_again_later(app: Flask) -> None:
    put(letter("a"))
    settings = app.extensions["hub.settings"]
    deliver_due(Refusing(MailDelayedError("451 later")), settings)

    assert states() == ["retry"]
    assert deliver_due(MemoryMailer(), settings) == 0
    with time_machine.travel(now() + timedelta(hours=2)):
        assert deliver_due(MemoryMailer(), settings) == 1


def test_a_letter_is_tried_for_days_before_it_is_given_up(app: Flask) -> None:
    put(letter("a"))
    settings, began = app.extensions["hub.settings"], now()
    with time_machine.travel(began, tick=False) as traveller:
        while states() != ["failed"]:
            deliver_due(Refusing(MailDelayedError("451 later")), settings)
            traveller.shift(timedelta(minutes=10))
        tried_for = now() - began

    assert timedelta(days=2) < tried_for < timedelta(days=4)


class HangingOnOne(MemoryMailer):
    """A server that hangs over one letter until the others have left."""

    def __init__(self, others: int) -> None:
        super().__init__()
        self.left = Barrier(others + 1)

    def send(self, message: EmailMessage) -> None:
        super().send(message)
        self.left.wait(timeout=20)


def test_a_letter_that_hangs_does_not_hold_up_the_others(app: Flask) -> None:
    put(letter("a"), letter("b"), letter("c"))
    mailer = HangingOnOne(others=2)

    assert deliver_due(mailer, app.extensions["hub.settings"]) == 3


def test_what_was_never_tried_leaves_before_what_failed(app: Flask) -> None:
    put(*(letter(name) for name in "abc"))
    settings = app.extensions["hub.settings"]
    deliver_due(Refusing(MailDelayedError("451 later")), settings)
    put(letter("new"))
    with time_machine.travel(now() + timedelta(hours=2)), transaction() as session:
        claimed = [row.dedupe_key for row in claim_due(session, 2)]

    assert claimed == ["new", "a"]


def test_a_refused_address_is_final(app: Flask) -> None:
    put(letter("a"))
    deliver_due(Refusing(MailRefusedError("550 no such user")), app.extensions["hub.settings"])

    assert states() == ["failed"]


def test_a_claim_that_was_never_finished_is_taken_up_again(app: Flask) -> None:
    put(letter("a"))
    with transaction() as session:
        assert len(claim_due(session)) == 1
    with transaction() as session:
        assert claim_due(session) == []
    with time_machine.travel(now() + timedelta(minutes=10)), transaction() as session:
        assert len(claim_due(session)) == 1


def test_a_later_change_withdraws_what_has_not_left(app: Flask) -> None:
    put(letter("a"), letter("b", "conference:2"))
    with transaction() as session:
        assert supersede(session, "conference:1") == 1

    assert states() == ["superseded", "new"]


def test_the_same_letter_cannot_be_written_twice(app: Flask) -> None:
    put(letter("a"))

    with pytest.raises(IntegrityError):
        put(letter("a"))
