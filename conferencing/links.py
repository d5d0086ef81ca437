"""Secret links: derived from the key of the house, so that a letter can be written again.

Only the hash is stored; whoever reads the database cannot answer for anybody.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import urlsplit

from flask import current_app

from config import Settings

SECRET_BYTES = 24


def settings() -> Settings:
    """Return the settings of the running application."""
    found: Settings = current_app.extensions["hub.settings"]
    return found


def host() -> str:
    """Return the host part of the public address, as UIDs and Message-IDs carry it."""
    return urlsplit(settings().base_url).hostname or "nhipcau.local"


def site_secret(uid: str, site_id: int) -> str:
    """Return the answer secret of a site in a conference."""
    return _derive(f"site:{site_id}:{uid}")


def attendee_secret(uid: str, email: str) -> str:
    """Return the answer secret of a person in a conference."""
    return _derive(f"attendee:{email}:{uid}")


def answer_link(secret: str) -> str:
    """Return the public address of the answer page."""
    return f"{settings().base_url}/answer/{secret}"


def secret_hash(secret: str) -> str:
    """Return what is stored of a secret."""
    return sha256(secret.encode()).hexdigest()


def _derive(words: str) -> str:
    key = settings().secret_key.encode()
    digest = hmac.new(key, f"answer:{words}".encode(), sha256).digest()
    return urlsafe_b64encode(digest[:SECRET_BYTES]).decode()
