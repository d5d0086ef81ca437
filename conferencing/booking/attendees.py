"""Attendees of the form: rows of address, name and role, and a box to paste many at once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from conferencing.requests import AttendeeRequest

ROLES: Final = (
    ("REQ-PARTICIPANT", _l("Dự họp")),
    ("OPT-PARTICIPANT", _l("Mời dự nếu sắp xếp được")),
    ("CHAIR", _l("Chủ trì")),
    ("NON-PARTICIPANT", _l("Để biết")),
)
BETWEEN: Final = re.compile(r"[\s<>,;]+")


@dataclass(slots=True)
class AttendeeRow:
    """One row as typed."""

    email: str = ""
    name: str = ""
    role: str = "REQ-PARTICIPANT"
    error: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into it."""
        return not (self.email.strip() or self.name.strip())


def read_attendees(posted: MultiDict[str, str]) -> list[AttendeeRow]:
    """Read the rows: three columns of one length."""
    columns = (posted.getlist(f"attendee_{name}") for name in ("email", "name", "role"))
    return [AttendeeRow(email, name, role) for email, name, role in zip(*columns, strict=False)]


def read_pasted(text: str) -> list[AttendeeRow]:
    """Read one person a line: "Nguyễn Văn An <an@x.vn>", "an@x.vn" or "An; an@x.vn"."""
    rows: list[AttendeeRow] = []
    for line in (line.strip() for line in text.splitlines()):
        addresses = [part for part in BETWEEN.split(line) if "@" in part.strip("@")]
        if len(addresses) == 1 and line.rstrip(" >").endswith(addresses[0]):
            name = line[: line.rindex(addresses[0])]
            rows.append(AttendeeRow(addresses[0], name.strip(' <,;\t"')))
        elif line:
            rows.append(AttendeeRow(line))
    return rows


def requests_of(rows: Iterable[AttendeeRow], pasted: str = "") -> tuple[AttendeeRequest, ...]:
    """Return the filled-in rows, then those pasted."""
    filled = [row for row in (*rows, *read_pasted(pasted)) if not row.is_empty]
    return tuple(AttendeeRequest(row.email.strip(), row.name.strip(), row.role) for row in filled)
