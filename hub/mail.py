"""Sending one message: through SMTP, into a folder of .eml files, or into memory for tests."""

import os
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 20


class MailRefusedError(Exception):
    """The server will never take this message (5xx for this recipient)."""


class MailDelayedError(Exception):
    """The server cannot take the message now; try again later."""


class Mailer(Protocol):
    """Delivers one message to its one recipient, or raises one of the two errors above."""

    def send(self, message: EmailMessage) -> None: ...


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Speaks SMTP; ``smtps`` from the first byte, else STARTTLS where offered."""

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    implicit_tls: bool = False

    def send(self, message: EmailMessage) -> None:
        """Hand over one message.

        Only a refusal of its recipient or of its content is final. A wrong password or a sender
        we may not use says nothing about the letter: it waits until somebody mends the settings.
        """
        try:
            client = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            raise MailDelayedError(str(error)) from error
        try:
            client.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = max(code for code, _text in error.recipients.values())
            raise (MailRefusedError if code >= 500 else MailDelayedError)(str(error)) from error
        except smtplib.SMTPDataError as error:
            final = error.smtp_code >= 500
            raise (MailRefusedError if final else MailDelayedError)(str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailDelayedError(str(error)) from error
        finally:
            _leave(client)

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.implicit_tls:
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT_S, context=context
            )
        else:
            client = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        try:
            self._introduce(client, context)
        except (smtplib.SMTPException, OSError):
            client.close()
            raise
        return client

    def _introduce(self, client: smtplib.SMTP, context: ssl.SSLContext) -> None:
        client.ehlo()
        if not self.implicit_tls and client.has_extn("starttls"):
            client.starttls(context=context)
        if self.username:
            client.login(self.username, self.password)


def _leave(client: smtplib.SMTP) -> None:
    """Say goodbye; whatever the answer, what was accepted before stays accepted."""
    with suppress(smtplib.SMTPException, OSError):
        client.quit()
    client.close()


@dataclass(frozen=True, slots=True)
class FileMailer:
    """Writes each message as an .eml file; sending twice leaves one file."""

    directory: Path

    def send(self, message: EmailMessage) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").replace("/", "_")[:180]
        target = self.directory / f"{name}.eml"
        draft = target.with_suffix(".part")
        content = message.as_bytes()
        # A letter carries the secret link of its reader.
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(draft, target)


def mailer_from_url(url: str) -> Mailer:
    """Build the mailer of ``HUB_SMTP_URL`` (smtp://, smtps:// or file:DIRECTORY)."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FileMailer(Path(unquote(parts.path)))
    implicit = parts.scheme == "smtps"
    return SmtpMailer(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if implicit else 25),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        implicit_tls=implicit,
    )
