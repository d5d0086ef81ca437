"""Checks that forms of sites, rooms, bridges and groups share."""

import re
from typing import Final

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.errors import FieldError, Invalid, NotAllowed, NotFound
from hub.text import clean

CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
LINK: Final = re.compile(r"https?://[^\s<>\"']{3,290}")


class FieldChecks:
    """Collects what is to be mended and raises it all at once."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def add(self, field: str, message: str) -> None:
        """Note one thing to mend."""
        self.errors.append(FieldError(field, message))

    def finish(self) -> None:
        """Raise Invalid when anything was noted."""
        if self.errors:
            raise Invalid(self.errors)

    def code(self, value: str) -> str:
        """Return a public code of letters, digits, dots, dashes and underscores."""
        if not CODE.fullmatch(value.strip()):
            self.add("code", _("Mã chỉ gồm chữ không dấu, số, dấu chấm và gạch ngang."))
        return value.strip()

    def words(self, field: str, value: str, limit: int, *, needed: bool = True) -> str:
        """Return one line of text."""
        text = " ".join(clean(value).split())
        if needed and not text:
            self.add(field, _("Không được để trống."))
        if len(text) > limit:
            self.add(field, _("Dài quá %(limit)s ký tự.", limit=limit))
        return text

    def number(self, field: str, value: int, low: int, high: int) -> int:
        """Return a whole number within bounds."""
        if not low <= value <= high:
            self.add(field, _("Cần một số từ %(low)s đến %(high)s.", low=low, high=high))
        return value

    def email(self, field: str, value: str) -> str:
        """Return a mail address, or "" when none is given."""
        if not value.strip():
            return ""
        try:
            found = validate_email(value, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            self.add(field, _("Địa chỉ thư không hợp lệ."))
            return ""
        return found.normalized.lower()

    def link(self, field: str, value: str) -> str:
        """Return a web address, or "" when none is given."""
        if value.strip() and not LINK.fullmatch(value.strip()):
            self.add(field, _("Liên kết phải bắt đầu bằng https://."))
        return value.strip()


def unit_for(session: Session, actor: Actor, unit_id: int, capability: str) -> OrgUnit:
    """Return the unit; raises NotFound or NotAllowed as the actor's rights there demand."""
    unit = session.get(OrgUnit, unit_id)
    if unit is None:
        raise NotFound(_("Không có đơn vị này."))
    require_at(actor, capability, unit)
    return unit


def require_at(actor: Actor, capability: str, unit: OrgUnit) -> None:
    """Refuse unless the actor has the capability at the unit."""
    if not actor.scope.covers(unit):
        raise NotFound(_("Không tìm thấy trong phạm vi của bạn."))
    if not actor.can_at(capability, unit):
        raise NotAllowed(_("Bạn không có quyền làm việc này ở đơn vị đó."))
