"""Letters on disk and on the wire: nobody else reads them, no title breaks or changes them."""

import stat
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest

from config import Settings
from hub.delivery import build_message
from hub.mail import FileMailer
from hub.outbox import OutboxLetter


def letter(**values: str) -> OutboxLetter:
    given = {
        "to_email": "x@y.example",
        "to_name": "X",
        "subject": "S",
        "text_body": "t",
        "html_body": "",
        "calendar_body": "",
        "message_id": "<1@y.example>",
        "reply_to": "",
        **values,
    }
    return OutboxLetter(**given, created_at=datetime(2020, 10, 18, tzinfo=UTC))


def build(tmp_path: Path, **values: str) -> EmailMessage:
    settings = Settings(tmp_path, "k" * 40, "sqlite://")
    return build_message(letter(**values), settings)


def test_a_letter_in_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path)
    for _again in range(2):
        mailer.send(build(tmp_path))
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text",
    [
        "=?utf-8?q?=C3?= họp",
        "=?utf-8?q?a=0D=0ABcc:_b@c?=",
        "=?utf-8?b?!!?=",
        "=?utf-8?q?=ED=A0=80?=",
    ],
)
def test_a_title_that_looks_like_an_encoded_word_stays_a_title(tmp_path: Path, text: str) -> None:
    message = build(tmp_path, subject=text, to_name=text)
    read = message_from_bytes(message.as_bytes())
    assert "Bcc" not in read
    assert len(message["To"].addresses) == 1
    assert str(message["Subject"]) == text.replace("=?", "= ?")
