"""What may be kept of a virtual room."""

from typing import Annotated

from pydantic import Field

from hub.drafts import ONE_LINE, Draft, Link, PublicCode, UnitRef


class RoomDraft(Draft):
    """A room as described; ``bridge`` is a bridge's code, ``buffer_minutes`` is set-up time."""

    code: PublicCode
    name: Annotated[str, Field(min_length=1, max_length=160), ONE_LINE]
    unit: UnitRef
    bridge: Annotated[str, Field(min_length=1, max_length=80)]
    capacity: Annotated[int, Field(ge=1, le=100_000)]
    dial_in: Annotated[str, Field(max_length=120), ONE_LINE] = ""
    join_url: Link = ""
    buffer_minutes: Annotated[int, Field(ge=0, le=240)] = 0
    is_active: bool = True
