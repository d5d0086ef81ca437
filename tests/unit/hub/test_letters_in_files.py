"""Letters on disk and on the wire: nobody else reads them, no title breaks or changes them."""

import stat
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
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


def test_a_long_vietnamese_subject_keeps_every_space(tmp_path: Path) -> None:
    subject = "[DIỄN TẬP] Giấy mời: Họp khẩn: Mực nước trên BĐ3 · Lệ Thủy, 15:07 24/11/2026"
    message = build(tmp_path, subject=subject, to_name="UBND thị trấn Nông trường Lệ Ninh")
    raw = message.as_bytes()
    assert str(make_header(decode_header(message_from_bytes(raw)["Subject"]))) == subject
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert message["To"].addresses[0].addr_spec == "x@y.example"


def test_answers_to_a_letter_go_to_the_secretary(tmp_path: Path) -> None:
    assert build(tmp_path, reply_to="thuky@y.example")["Reply-To"] == "thuky@y.example"
    assert build(tmp_path)["Reply-To"] is None
