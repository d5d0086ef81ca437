"""Checks that invitations can leave: the mail server lets us in, or the folder can be written."""

import smtplib
import tempfile
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from config import Settings
from hub.main.doctor.findings import Finding

SETTING = "HUB_SMTP_URL"
PATIENCE = 10.0


def findings(settings: Settings) -> list[Finding]:
    """Logs in without sending anything, or writes a file and removes it."""
    url = urlsplit(settings.smtp_url)
    if url.scheme == "file":
        return [_folder(Path(settings.smtp_url.removeprefix("file:")))]
    where = f"{url.hostname}:{url.port or ''}".rstrip(":")
    try:
        _log_in(url)
    except (OSError, smtplib.SMTPException) as error:
        remedy = "Check host, port, user, password; smtps:// is TLS from the start (port 465)."
        return [Finding(SETTING, f"{where}: {error}", remedy)]
    return [Finding(SETTING, f"{where} lets us in")]


def _folder(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(SETTING, f"{folder} cannot be written: {error}", f"mkdir -p {folder}")
    return Finding(SETTING, f"mails are written as files into {folder}; nobody receives them")


def _log_in(url: SplitResult) -> None:
    kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with kind(url.hostname or "", url.port or 0, timeout=PATIENCE) as server:
        server.ehlo()
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
            server.ehlo()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.noop()
