"""Bases and kinds of value of every request and answer of the API."""

import re
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from hub.clock import TZ

# Control characters but tab and line breaks, and lone surrogates: no database, no calendar
# and no XML carries them.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_RFC3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
# An unescaped "+" of an address arrives as a space; nobody means a space there.
_PLUS_LOST: Final = re.compile(r"(T\d\d:\d\d(?::\d\d)?) (\d\d:\d\d)$", re.ASCII)
YEARS: Final = range(1970, 2200)
LARGEST_ID: Final = 2**31 - 1


class ApiModel(BaseModel):
    """What is sent to us: unknown members and unusable characters are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="after")
    @classmethod
    def printable(cls, value: Any) -> Any:
        """Refuse control characters and lone surrogates anywhere in the value."""
        if has_forbidden(value):
            raise PydanticCustomError("control_characters", "control characters are not allowed")
        return value


class ApiAnswer(BaseModel):
    """What we send; made from our own rows, so there is nothing to refuse."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


def has_forbidden(value: Any) -> bool:
    """Whether a text, or any text inside lists and objects, has forbidden characters."""
    if isinstance(value, str):
        return _FORBIDDEN.search(value) is not None
    if isinstance(value, dict):
        return any(has_forbidden(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple | set):
        return any(has_forbidden(part) for part in value)
    return False


def _rfc3339(value: Any) -> Any:
    """Let only the text form through: pydantic alone would read numbers as Unix time."""
    if isinstance(value, datetime):
        return value
    text = _PLUS_LOST.sub(r"\1+\2", value) if isinstance(value, str) else ""
    try:
        if _RFC3339.fullmatch(text):
            return datetime.fromisoformat(text.upper())
    except ValueError:
        pass
    raise PydanticCustomError("datetime_parsing", "not an RFC 3339 instant")


def _within_years(value: datetime) -> datetime:
    if value.year not in YEARS:
        raise PydanticCustomError("year_out_of_range", "the year must lie between 1970 and 2199")
    return value


def _write_local(value: datetime) -> str:
    return value.astimezone(TZ).isoformat()


# Read with any offset, written with the province's own.
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_rfc3339),
    AfterValidator(_within_years),
    PlainSerializer(_write_local, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def _true_or_false(value: Any) -> Any:
    known = {"true": True, "false": False}
    return known.get(value, value) if isinstance(value, str) else value


# In a query: exactly true or false, not the "yes", "on" and "1" that pydantic would take too.
Flag = Annotated[bool, Field(strict=True), BeforeValidator(_true_or_false)]
Code = Annotated[str, Field(min_length=1, max_length=80)]
RowId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Text = Annotated[str, Field(max_length=20_000)]
Words = Annotated[str, Field(max_length=300)]


class PageQuery(ApiModel):
    """The part of a query that every list understands."""

    cursor: Annotated[str, Field(max_length=80, description="From `next` of the page before")] = ""
    limit: Annotated[int, Field(ge=1, le=500, description="Items on a page")] = 100


class NoContent(ApiAnswer):
    """Nothing to say: 204."""
