"""The API's names beside those of the services."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from hub.errors import FieldError, Invalid

_OURS: Final = {
    "site_codes": "sites",
    "room_code": "room",
    "host_unit_id": "host",
}


@contextmanager
def api_names() -> Iterator[None]:
    """Let field errors name the members that were sent."""
    try:
        yield
    except Invalid as error:
        renamed = [FieldError(_OURS.get(e.field, e.field), e.message) for e in error.errors]
        raise Invalid(renamed) from error
