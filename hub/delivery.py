"""One round of the outbox: claim, build each message, send it outside any transaction, mark."""

import logging
from concurrent.futures import ThreadPoolExecutor, as_completed
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Final

from config import Settings
from hub.db import transaction
from hub.mail import MailDelayedError, Mailer, MailRefusedError
from hub.outbox import OutboxLetter, claim_due, mark_failed, mark_sent

logger = logging.getLogger(__name__)
SENDERS: Final = 4
AS_WRITTEN: Final = SMTP.clone(refold_source="none")


def deliver_due(mailer: Mailer, settings: Settings, limit: int = 40) -> int:
    """Send what is due; return how many letters left.

    Several leave side by side, so that a server that hangs over one does not hold up the rest.
    """
    with transaction() as session:
        letters = claim_due(session, limit)
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="mail") as senders:
        sending = {senders.submit(_send, mailer, settings, letter): letter for letter in letters}
        return sum(_note(sending[done], done.result()) for done in as_completed(sending))


def _send(mailer: Mailer, settings: Settings, letter: OutboxLetter) -> Exception | None:
    """Hand one letter over, outside any transaction; return why it could not be."""
    try:
        mailer.send(build_message(letter, settings))
    except (MailDelayedError, MailRefusedError, ValueError) as error:
        return error
    return None


def _note(letter: OutboxLetter, error: Exception | None) -> bool:
    """Record what became of a letter; tell whether it has left."""
    if error is None:
        with transaction() as session:
            mark_sent(session, letter.id)
        return True
    final = not isinstance(error, MailDelayedError)
    logger.warning("letter %s not sent (final=%s): %s", letter.id, final, error)
    with transaction() as session:
        mark_failed(session, letter.id, str(error), final=final)
    return False


def build_message(letter: OutboxLetter, settings: Settings) -> EmailMessage:
    """Return the MIME message of a letter (RFC 6047 form when it carries a calendar part).

    Raises:
        ValueError: a header would contain a line break.
    """
    message = EmailMessage(policy=AS_WRITTEN)
    _set_words(message, "From", settings.mail_from_name, settings.mail_from)
    _set_words(message, "To", _literal(letter.to_name), letter.to_email)
    if letter.reply_to and letter.reply_to != settings.mail_from:
        message["Reply-To"] = letter.reply_to
    _set_words(message, "Subject", _literal(letter.subject))
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text_body, cte="base64")
    if letter.html_body:
        message.add_alternative(letter.html_body, subtype="html", cte="base64")
    if letter.calendar_body:
        message.add_alternative(
            letter.calendar_body,
            subtype="calendar",
            params={"method": letter.calendar_method},
            cte="base64",
        )
    return message


def _literal(text: str) -> str:
    """Keep a text from being read as an encoded word (RFC 2047).

    A title that looks like one would be decoded, into whatever its writer hid there, or could
    not be written at all.
    """
    return text.replace("=?", "= ?")


def _set_words(message: EmailMessage, name: str, words: str, address: str = "") -> None:
    # Where Python 3.11 folds words outside ASCII itself, it loses the space between two lines.
    # Encoded beforehand they are kept as written; the check for line breaks is then ours.
    if len(f"{words}{address}".splitlines()) > 1 or words.isascii():
        message[name] = formataddr((words, address)) if address else words
        return
    encoded = Header(words, "utf-8", header_name=name).encode(linesep="\r\n")
    message.set_raw(name, f"{encoded}\r\n <{address}>" if address else encoded)
