"""Base of every request and answer of the API."""

import unicodedata
from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    field_validator,
)
from pydantic_core import PydanticCustomError

from hub.clock import TZ

FORBIDDEN = frozenset({"Cc", "Cs"})
ALLOWED = frozenset("\n\r\t")
YEARS = range(1970, 2200)


class ApiModel(BaseModel):
    """Refuses unknown members and characters no database or calendar can carry."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    @field_validator("*", mode="after")
    @classmethod
    def printable(cls, value: Any) -> Any:
        """Refuse control characters and lone surrogates anywhere in the value."""
        if has_forbidden(value):
            raise PydanticCustomError("control_characters", "control characters are not allowed")
        return value


def has_forbidden(value: Any) -> bool:
    """Whether a text, or any text inside lists and objects, has forbidden characters."""
    if isinstance(value, str):
        return any(c not in ALLOWED and unicodedata.category(c) in FORBIDDEN for c in value)
    if isinstance(value, dict):
        return any(has_forbidden(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple | set):
        return any(has_forbidden(part) for part in value)
    return False


def _within_years(value: datetime) -> datetime:
    if value.year not in YEARS:
        raise PydanticCustomError("year_out_of_range", "the year must lie between 1970 and 2199")
    return value


def _write_local(value: datetime) -> str:
    return value.astimezone(TZ).isoformat()


# Read with any offset, written with the province's own.
Instant = Annotated[
    AwareDatetime, AfterValidator(_within_years), PlainSerializer(_write_local, return_type=str)
]
Code = Annotated[str, Field(min_length=1, max_length=80)]


class PageQuery(ApiModel):
    """The part of a query that every list understands."""

    cursor: Annotated[str, Field(max_length=80, description="From `next` of the page before")] = ""
    limit: Annotated[int, Field(ge=1, le=500, description="Items on a page")] = 100


class NoContent(ApiModel):
    """Nothing to say: 204."""
