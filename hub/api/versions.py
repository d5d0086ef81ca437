"""``ETag`` and ``If-Match``: the version of a kept object, there and back.

An answer that has a member ``version`` carries it as its ETag. It is the version of what people
write of an object; what is measured or answered meanwhile does not change it.
"""

import re
from typing import Final

from flask import Response, request
from flask_babel import gettext as _
from pydantic import BaseModel

from hub.errors import FieldError, Invalid
from hub.versions import Seen

HEADER: Final = "If-Match"
_TAGS: Final = re.compile(r'\*|(W/)?"[^"]*"(\s*,\s*(W/)?"[^"]*")*')
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")


def seen_by_caller() -> Seen:
    """Return the versions that the caller's change may be made from, None for any.

    A tag counts in its weak form too: a proxy that compresses an answer weakens its tag.

    Raises:
        Invalid: the header is no list of tags (RFC 9110 13.1.1).
    """
    written = request.headers.get(HEADER)
    if written is None:
        return None
    if not _TAGS.fullmatch(written.strip()):
        raise Invalid([FieldError(HEADER, _('Ghi ETag của đối tượng, ví dụ "3", hoặc *.'))])
    sent = request.if_match
    if sent.star_tag:
        return None
    tags = sent.as_set(include_weak=True)
    return frozenset(int(tag) for tag in tags if _NUMBER.fullmatch(tag or ""))


def tag_answer(response: Response, version: int) -> None:
    """Say in the answer's header which version it shows."""
    response.set_etag(str(version))


def version_of(answer: BaseModel) -> int | None:
    """Return the version that an answer shows, None for one that has none."""
    version: int | None = getattr(answer, "version", None)
    return version
