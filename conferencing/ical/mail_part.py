"""The mail that carries an iTIP message, laid out so that Outlook and Gmail offer buttons.

multipart/alternative with text, HTML and text/calendar (base64 keeps CRLF as it is), and on
wish the same object once more as `invite.ics` for readers that only know attachments.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import Final

from conferencing.ical.errors import MailPartError

MESSAGE_ID: Final = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")
METHOD_LINE: Final = re.compile(rb"^METHOD:([A-Z]+)\r$", re.MULTILINE)
CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]")
ATTACHMENT_NAME: Final = "invite.ics"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name (may be empty) and an address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class InvitationMail:
    """What a mail says; `message_id` with its angle brackets stays the same on every retry."""

    sender: Mailbox
    recipient: Mailbox
    subject: str
    text: str
    html: str
    calendar: bytes
    method: str
    message_id: str
    sent_at: datetime
    reply_to: Mailbox | None = None
    in_reply_to: str = ""
    has_attachment: bool = False


def build_mail(mail: InvitationMail) -> EmailMessage:
    """The MIME message; equal input gives equal bytes.

    Raises MailPartError for control characters in a header, bad addresses or message ids, and
    a MIME method that is not the calendar's: Outlook refuses such mail without a word.
    """
    _check_method(mail)
    message = EmailMessage(policy=SMTP)
    _add_headers(message, mail)
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    message.add_alternative(
        mail.calendar.decode(),
        subtype="calendar",
        params={"method": mail.method},
        cte="base64",
    )
    if mail.has_attachment:
        message.add_attachment(
            mail.calendar, maintype="application", subtype="ics", filename=ATTACHMENT_NAME
        )
    _fix_boundaries(message, mail.message_id)
    return message


def _check_method(mail: InvitationMail) -> None:
    found = METHOD_LINE.findall(mail.calendar)
    if found != [mail.method.encode()]:
        raise MailPartError("the calendar has another METHOD than the mail part")


def _add_headers(message: EmailMessage, mail: InvitationMail) -> None:
    message["Message-ID"] = _message_id(mail.message_id)
    message["Date"] = mail.sent_at
    message["From"] = _address(mail.sender)
    message["To"] = _address(mail.recipient)
    if mail.reply_to is not None:
        message["Reply-To"] = _address(mail.reply_to)
    if mail.in_reply_to:
        message["In-Reply-To"] = _message_id(mail.in_reply_to)
        message["References"] = _message_id(mail.in_reply_to)
    message["Subject"] = _header_text(mail.subject)
    # Holiday notices in answer to invitations would only come back to the organizer.
    message["Auto-Submitted"] = "auto-generated"


def _header_text(text: str) -> str:
    if CONTROLS.search(text):
        raise MailPartError("control characters do not belong in a header")
    return text


def _message_id(text: str) -> str:
    if not MESSAGE_ID.fullmatch(text):
        raise MailPartError("not a message id")
    return text


def _address(mailbox: Mailbox) -> Address:
    try:
        return Address(
            display_name=_header_text(mailbox.name), addr_spec=_header_text(mailbox.email)
        )
    except (ValueError, IndexError, HeaderParseError) as error:
        # The parser runs off the end of some texts instead of naming what is wrong with them.
        raise MailPartError("not a mail address") from error


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    # "=_" cannot occur in base64 or quoted-printable text, so no boundary meets its content.
    seed = sha256(message_id.encode()).hexdigest()[:24]
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{seed}_{number}")
