"""The mail around an iTIP message."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from conferencing.ical import invitation
from conferencing.ical.errors import MailPartError
from conferencing.ical.mail_part import InvitationMail, Mailbox, build_mail
from tests.unit.conferencing.ical.samples import ATTENDEE, CANCELLED, SERIES, SINGLE

MAIL = InvitationMail(
    sender=Mailbox("Văn phòng UBND tỉnh, Phòng TH", "vanphong@quangbinh.example"),
    recipient=Mailbox(ATTENDEE.name, ATTENDEE.email),
    subject="Mời họp: Giao ban trực tuyến phòng chống thiên tai, cứu nạn tháng 12 năm 2026",
    text="Kính gửi bà Hồng Đào,\nMời dự họp lúc 06:00 ngày 30/11/2026.\n",
    html="<p>Kính gửi bà Hồng Đào</p>\n",
    calendar=invitation.request(SERIES, ATTENDEE),
    method="REQUEST",
    message_id="<hn-2026-0002.1.42@nhipcau.example>",
    sent_at=datetime(2026, 11, 20, 2, 3, 4, tzinfo=UTC),
    reply_to=Mailbox("", "traloi@quangbinh.example"),
)


def reread(mail: InvitationMail) -> EmailMessage:
    """The mail as a recipient's program parses it."""
    return message_from_bytes(build_mail(mail).as_bytes(), _class=EmailMessage, policy=SMTP)


def test_three_alternatives_from_plain_to_calendar() -> None:
    message = reread(MAIL)

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    plain = next(message.iter_parts())
    assert plain.get_content().replace("\r\n", "\n") == MAIL.text


def test_the_calendar_part_says_its_method_and_keeps_every_byte() -> None:
    part = list(reread(MAIL).iter_parts())[-1]

    assert part["Content-Type"].params["method"] == "REQUEST"
    assert part["Content-Type"].params["charset"].lower() == "utf-8"
    assert part["Content-Transfer-Encoding"] == "base64"
    assert part.get_payload(decode=True) == MAIL.calendar


def test_an_attachment_may_come_along() -> None:
    message = reread(replace(MAIL, has_attachment=True))

    assert message.get_content_type() == "multipart/mixed"
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "invite.ics"
    assert attached.get_payload(decode=True) == MAIL.calendar


def test_a_cancellation_says_cancel() -> None:
    mail = replace(MAIL, calendar=invitation.cancel(CANCELLED, ATTENDEE), method="CANCEL")

    assert list(reread(mail).iter_parts())[-1]["Content-Type"].params["method"] == "CANCEL"


def test_headers_come_back_as_given() -> None:
    message = reread(replace(MAIL, in_reply_to="<hn-2026-0002.0.42@nhipcau.example>"))

    assert message["Message-ID"] == MAIL.message_id
    assert message["In-Reply-To"] == message["References"] == "<hn-2026-0002.0.42@nhipcau.example>"
    assert message["Subject"] == MAIL.subject
    assert message["Date"].datetime == MAIL.sent_at
    assert message["From"].addresses[0].display_name == MAIL.sender.name
    assert message["To"].addresses[0].addr_spec == ATTENDEE.email
    assert message["Reply-To"] == "traloi@quangbinh.example"


def test_a_retry_gives_the_same_bytes() -> None:
    mail = replace(MAIL, has_attachment=True)

    assert build_mail(mail).as_bytes() == build_mail(replace(mail)).as_bytes()


def test_lines_stay_within_the_limit_of_smtp() -> None:
    long = replace(MAIL, text="dài " * 2000, html="<p>" + "dài " * 2000)

    assert max(map(len, build_mail(long).as_bytes().split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "mail",
    [
        replace(MAIL, subject="Mời họp\r\nBcc: x@evil.example"),
        replace(MAIL, subject="Mời họp\nBcc: x@evil.example"),
        replace(MAIL, subject="Mời\x00họp"),
        replace(MAIL, sender=Mailbox("A\r\nBcc: x@evil.example", "a@x.example")),
        replace(MAIL, recipient=Mailbox("A", "a@x.example\r\nBcc: x@evil.example")),
        replace(MAIL, recipient=Mailbox("A", "a@x.example, b@x.example")),
        replace(MAIL, recipient=Mailbox("A", "")),
        replace(MAIL, recipient=Mailbox("A", "nobody")),
        replace(MAIL, recipient=Mailbox("A", "<a@x.example>")),
        replace(MAIL, reply_to=Mailbox("", "a@x.example\nX: y")),
        replace(MAIL, message_id="<a@x.example>\r\nX: y"),
        replace(MAIL, message_id="no-brackets@x.example"),
        replace(MAIL, in_reply_to="<a>\r\nX: y"),
    ],
)
def test_headers_cannot_be_smuggled_in(mail: InvitationMail) -> None:
    with pytest.raises(MailPartError):
        build_mail(mail)


@pytest.mark.parametrize("method", ["CANCEL", "PUBLISH", ""])
def test_another_method_than_the_calendars_is_refused(method: str) -> None:
    with pytest.raises(MailPartError):
        build_mail(replace(MAIL, method=method))


def test_a_title_that_looks_like_a_method_is_none() -> None:
    sly = replace(SINGLE, title="x", description="a\r\nMETHOD:CANCEL\r\nb")

    build_mail(replace(MAIL, calendar=invitation.request(sly, ATTENDEE)))
