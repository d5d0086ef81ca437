"""Invitations leave through a real SMTP exchange, and come to no harm when the server stumbles."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session, syntax
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from hub.clock import now
from hub.db import read_session
from hub.delivery import deliver_due
from hub.mail import mailer_from_url
from hub.outbox import OutboxLetter
from tests.oracles import libical
from tests.services.free_port import free_port

LATER = timedelta(hours=2)
MANY = 1000


class Mailbox:
    """Takes messages; ``rcpt`` and ``data`` may be set to what it should answer instead."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.rcpt = ""
        self.data = ""
        self.drops = False

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if not self.rcpt:
            envelope.rcpt_tos.append(address)
        return self.rcpt or "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.data:
            return self.data
        assert isinstance(envelope.content, bytes)
        self.received.append(envelope.content)
        if self.drops:
            # The message is taken, the answer never arrives.
            assert server.transport is not None
            server.transport.close()
        return "250 Message accepted for delivery"


class Grumpy(SMTP):
    """Accepts everything and then will not say goodbye."""

    @syntax("QUIT")
    async def smtp_QUIT(self, _arg: str) -> None:  # noqa: N802
        await self.push("421 too many of you")


@contextmanager
def listening(mailbox: Mailbox, factory: type[SMTP] = SMTP, **options: Any) -> Iterator[str]:
    """A server on a free port; gives the URL for HUB_SMTP_URL."""

    class Own(Controller):
        def factory(self) -> SMTP:
            return factory(self.handler, **self.SMTP_kwargs)

    controller = Own(mailbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


def deliver(app: Flask, address: str) -> int:
    with app.app_context():
        settings = app.extensions["hub.settings"]
        return deliver_due(mailer_from_url(f"smtp://{address}"), settings, limit=MANY)


def letters(app: Flask) -> dict[str, list[OutboxLetter]]:
    """The letters by their state."""
    with app.app_context():
        found: dict[str, list[OutboxLetter]] = {}
        for letter in read_session().scalars(select(OutboxLetter).order_by(OutboxLetter.id)):
            found.setdefault(letter.state, []).append(letter)
        return found


def test_an_invitation_arrives_as_it_was_written(demo: Flask) -> None:
    written = letters(demo)["new"]
    assert written
    mailbox = Mailbox()
    with listening(mailbox) as address:
        assert deliver(demo, address) == len(written)
        assert deliver(demo, address) == 0
    assert letters(demo).keys() == {"sent"}
    # Several leave side by side, so they arrive in any order.
    arrived = {one["Message-ID"]: one for one in map(read, mailbox.received)}
    assert len(arrived) == len(written)
    for letter in written:
        message = arrived[letter.message_id]
        assert letter.to_email in str(message["To"])
        assert str(message["Subject"]) == letter.subject
        [part] = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
        assert part.get_param("method") == "REQUEST"
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        assert body.decode() == letter.calendar_body
        assert libical.complaints(body) == []
        assert Calendar.from_ical(body)["METHOD"] == "REQUEST"


@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_what_the_server_cannot_take_now_is_brought_again(demo: Flask, where: str) -> None:
    mailbox = Mailbox()
    setattr(mailbox, where, "451 try again later")
    with listening(mailbox) as address:
        assert deliver(demo, address) == 0
        waiting = letters(demo)["retry"]
        assert letters(demo).keys() == {"retry"}
        setattr(mailbox, where, "")
        assert deliver(demo, address) == 0, "it waits before it tries again"
        with time_machine.travel(now() + LATER):
            assert deliver(demo, address) == len(waiting)
    assert letters(demo).keys() == {"sent"}
    assert len(mailbox.received) == len(waiting)


@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_what_the_server_will_never_take_is_given_up_and_says_why(demo: Flask, where: str) -> None:
    mailbox = Mailbox()
    setattr(mailbox, where, "550 no such mailbox")
    with listening(mailbox) as address:
        deliver(demo, address)
        with time_machine.travel(now() + LATER):
            deliver(demo, address)
    assert letters(demo).keys() == {"failed"}
    assert all("no such mailbox" in one.last_error for one in letters(demo)["failed"])
    assert all(one.attempts == 1 for one in letters(demo)["failed"])


def test_a_line_that_breaks_after_the_message_repeats_the_same_message(demo: Flask) -> None:
    """SMTP cannot say whether it arrived: it comes twice, and is the same letter to a reader."""
    mailbox = Mailbox()
    mailbox.drops = True
    with listening(mailbox) as address:
        assert deliver(demo, address) == 0
        assert letters(demo).keys() == {"retry"}
        first, mailbox.received = sorted(mailbox.received, key=identity), []
        mailbox.drops = False
        with time_machine.travel(now() + LATER):
            deliver(demo, address)
    assert letters(demo).keys() == {"sent"}
    again = sorted(mailbox.received, key=identity)
    assert [identity(one) for one in first] == [identity(one) for one in again]
    assert [body_of(one) for one in first] == [body_of(one) for one in again]


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def identity(raw: bytes) -> str:
    return str(read(raw)["Message-ID"])


def body_of(raw: bytes) -> object:
    message = message_from_bytes(raw, policy=policy.default)
    [part] = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    return part.get_payload(decode=True)


def test_a_server_that_will_not_say_goodbye_has_the_message_all_the_same(demo: Flask) -> None:
    mailbox = Mailbox()
    with listening(mailbox, Grumpy) as address:
        deliver(demo, address)
    assert letters(demo).keys() == {"sent"}


def no_one(*_: object) -> AuthResult:
    return AuthResult(success=False, handled=False)


def test_a_wrong_password_of_ours_costs_no_letter(demo: Flask) -> None:
    with listening(Mailbox(), authenticator=no_one, auth_require_tls=False) as address:
        assert deliver(demo, f"nhipcau:sai@{address}") == 0
    assert letters(demo).keys() == {"retry"}


def test_a_server_that_is_away_costs_no_letter(demo: Flask) -> None:
    assert deliver(demo, f"127.0.0.1:{free_port()}") == 0
    assert letters(demo).keys() == {"retry"}
