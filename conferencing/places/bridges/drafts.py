"""What may be kept of a bridge."""

from typing import Annotated

from pydantic import Field

from hub.drafts import ONE_LINE, Draft, PublicCode, UnitRef


class BridgeDraft(Draft):
    """A bridge as described; ``ports`` is how many sites its rooms join at once."""

    code: PublicCode
    name: Annotated[str, Field(min_length=1, max_length=120), ONE_LINE]
    unit: UnitRef
    ports: Annotated[int, Field(ge=1, le=100_000)]
    is_active: bool = True
