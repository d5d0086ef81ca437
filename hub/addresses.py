"""Mail addresses: those our mail server can write to, kept as it sends them.

A domain with Vietnamese letters is kept in its ASCII form (IDNA, "punycode"), which every server
understands, and shown as people write it. A name before the @ that is not ASCII needs SMTPUTF8 on
every server between here and the mailbox; few have it, and such a letter fails for good.
"""

import re
from typing import Final

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

# What a column of ours holds.
MAX_LENGTH: Final = 200
_SCHEME: Final = re.compile(r"^mailto:", re.I)


class BadAddressError(ValueError):
    """No letter can be sent there; ``code`` says why: "bad_email" or "unsendable_email"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_address(text: str) -> str:
    """Return the address in small letters, its domain in ASCII; ``mailto:`` may stand before it.

    Raises:
        BadAddressError: it is no address, or one our mail server cannot send to.
    """
    typed = _SCHEME.sub("", text.strip(), count=1)
    try:
        found = _validated(typed)
    except EmailNotValidError as error:
        local = typed.rpartition("@")[0]
        code = "unsendable_email" if local and not local.isascii() else "bad_email"
        raise BadAddressError(code) from error
    address = (found.ascii_email or "").lower()
    if not address or len(address) > MAX_LENGTH:
        raise BadAddressError("bad_email")
    return address


def readable_address(address: str) -> str:
    """Return an address as people write it: ``a@xn--tnh-dlz.vn`` as ``a@tỉnh.vn``."""
    if "xn--" not in address:
        return address
    try:
        return _validated(address).normalized
    except EmailNotValidError:
        return address


def _validated(address: str) -> ValidatedEmail:
    return validate_email(
        address, check_deliverability=False, test_environment=True, allow_smtputf8=False
    )
