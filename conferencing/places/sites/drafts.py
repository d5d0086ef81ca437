"""What may be kept of a conference site."""

from typing import Annotated, Literal

from pydantic import Field

from hub.drafts import ONE_LINE, Draft, Email, PublicCode, UnitRef

Readiness = Literal["in_service", "testing", "fault", "retired"]


class SiteDraft(Draft):
    """A site as described; ``unit`` is its unit's code, ``line_kbps`` its line in kbit/s."""

    code: PublicCode
    name: Annotated[str, Field(min_length=1, max_length=160), ONE_LINE]
    unit: UnitRef
    seats: Annotated[int, Field(ge=1, le=10_000)] = 20
    email: Email = ""
    technician_name: Annotated[str, Field(max_length=120), ONE_LINE] = ""
    technician_phone: Annotated[str, Field(max_length=30), ONE_LINE] = ""
    carrier: Annotated[str, Field(max_length=40), ONE_LINE] = ""
    line_kbps: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    readiness: Readiness = "in_service"
    note: Annotated[str, Field(max_length=300), ONE_LINE] = ""
    is_active: bool = True
