"""Password hashing (argon2id) and secrets that are stored only as a hash."""

import hashlib
import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 10
MAX_LENGTH = 200
_hasher = PasswordHasher()
# One check takes 64 MiB and a core: a crowd of guesses at once must wait, not fill the memory.
_at_once = BoundedSemaphore(4)
# Verified when the account is unknown, so that the answer takes as long as for a known one.
_DUMMY_HASH = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """Return an argon2id hash with the library's current parameters (RFC 9106)."""
    with _at_once:
        return _hasher.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Compare in the same time whether or not the account exists."""
    if len(password) > MAX_LENGTH:
        return False
    try:
        with _at_once:
            _hasher.verify(password_hash or _DUMMY_HASH, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with older parameters."""
    return _hasher.check_needs_rehash(password_hash)


def new_secret() -> str:
    """Return a URL-safe random secret of 256 bits."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """Return the SHA-256 under which a random secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()
