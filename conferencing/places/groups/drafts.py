"""What may be kept of a saved selection of sites."""

from typing import Annotated

from pydantic import Field

from hub.drafts import ONE_LINE, Draft, UnitRef


class GroupDraft(Draft):
    """A named selection at a unit; ``sites`` are codes, each counted once."""

    name: Annotated[str, Field(min_length=1, max_length=120), ONE_LINE]
    unit: UnitRef
    sites: tuple[str, ...] = ()
