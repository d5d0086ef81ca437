"""What invited sites and people may answer (RFC 5545 PARTSTAT)."""

from typing import Annotated, Literal

from pydantic import Field

from hub.drafts import ONE_LINE, Draft

MAX_HEADCOUNT = 10_000
Note = Annotated[str, Field(max_length=500), ONE_LINE]


class SiteReply(Draft):
    """What a site answers, how many come, in whose place, and who looks after the line."""

    partstat: Literal["ACCEPTED", "DECLINED", "TENTATIVE"]
    headcount: Annotated[int, Field(ge=0, le=MAX_HEADCOUNT)] | None = None
    proxy_name: Annotated[str, Field(max_length=160), ONE_LINE] = ""
    technician_name: Annotated[str, Field(max_length=120), ONE_LINE] = ""
    technician_phone: Annotated[str, Field(max_length=30), ONE_LINE] = ""
    note: Note = ""
    answered_by: Annotated[str, Field(max_length=120), ONE_LINE] = ""


class PersonReply(Draft):
    """What a person answers; DELEGATED needs ``proxy_name``."""

    partstat: Literal["ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"]
    proxy_name: Annotated[str, Field(max_length=160), ONE_LINE] = ""
    note: Note = ""
