"""Checks what lies on this machine: secret, address, time zone, instance folder, disk."""

import ipaddress
import os
import shlex
import shutil
import stat
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from config import KNOWN_SECRETS, MIN_SECRET_LENGTH, Settings
from hub.main.doctor.findings import Finding

GIBIBYTE = 1024**3
NEEDED_BYTES = GIBIBYTE
# A string of few different characters is a pattern, not a secret.
NEEDED_CHARACTERS = 12


def secret(settings: Settings) -> list[Finding]:
    """Checks that sessions and links cannot be forged."""
    value = settings.secret_key
    strong = (
        len(value) >= MIN_SECRET_LENGTH
        and len(set(value)) >= NEEDED_CHARACTERS
        and value.lower() not in KNOWN_SECRETS
    )
    if strong:
        return [Finding("HUB_SECRET_KEY", "is long and varied enough")]
    remedy = 'Set it to the output of: python -c "import secrets; print(secrets.token_urlsafe(48))"'
    return [Finding("HUB_SECRET_KEY", "can be guessed", remedy)]


def base_url(settings: Settings) -> list[Finding]:
    """Checks the address that invitations and feeds point at."""
    parts = urlsplit(settings.base_url)
    if parts.scheme == "https" or (settings.demo and _is_local(parts.hostname or "")):
        return [Finding("HUB_BASE_URL", f"{settings.base_url} goes into mails and feeds")]
    if _is_local(parts.hostname or ""):
        sentence = f"{settings.base_url} is this machine only; links in mails lead nowhere"
    else:
        sentence = f"{settings.base_url} is not encrypted; passwords travel readable"
    return [Finding("HUB_BASE_URL", sentence, "Set it to the public address, https://...")]


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def timezone(settings: Settings) -> list[Finding]:
    """Checks the zone, and that this machine's clock is not at its factory setting."""
    built = Path(__file__).stat().st_mtime
    if time.time() < built:
        remedy = "Set the clock and keep it right, e.g. apt-get install systemd-timesyncd"
        return [Finding("HUB_TIMEZONE", "the clock is behind this program's own files", remedy)]
    return [Finding("HUB_TIMEZONE", settings.zone.key)]


def instance_folder(settings: Settings) -> list[Finding]:
    """Checks that the instance folder can be written, and read by its owner only."""
    folder = settings.instance_dir
    quoted = shlex.quote(str(folder))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        remedy = f"Give it to the user that runs the product: chown {os.geteuid()} {quoted}"
        return [Finding("HUB_INSTANCE_DIR", f"cannot be written: {error}", remedy)]
    if folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) & ~stat.S_IXGRP:
        sentence = f"{folder} can be entered by other users of this machine"
        return [Finding("HUB_INSTANCE_DIR", sentence, f"chmod 700 {quoted}")]
    return [Finding("HUB_INSTANCE_DIR", str(folder))]


def disk(settings: Settings) -> list[Finding]:
    """Checks that there is room to store into."""
    folder = settings.instance_dir
    if not folder.exists():
        return []
    usage = shutil.disk_usage(folder)
    sentence = f"{usage.free / GIBIBYTE:.1f} GiB free for {folder}"
    if usage.free < NEEDED_BYTES:
        return [Finding("disk", sentence, "Free at least 1 GiB or move HUB_INSTANCE_DIR")]
    return [Finding("disk", sentence)]
