"""Request bodies and answers made from a draft, so that no limit is written down twice.

They keep a draft's types and limits, not its cleaning: what a program sends is refused where what
a person pastes is tidied up.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, create_model
from pydantic.fields import FieldInfo

from hub.api.shapes import ApiAnswer, ApiModel
from hub.drafts import Draft


def body_of(draft: type[Draft]) -> Any:
    """Return the base of a body that creates: what has a default may be left out or null."""
    fields: dict[str, Any] = {
        name: (_limited(field), ...)
        if field.is_required()
        else (_limited(field) | None, field.default)
        for name, field in draft.model_fields.items()
    }
    return create_model(f"{draft.__name__}Body", __base__=ApiModel, **fields)


def change_of(draft: type[Draft], *never: str) -> Any:
    """Return the base of a body that changes: what is left out or null stays as it is."""
    fields: dict[str, Any] = {
        name: (_limited(field) | None, None)
        for name, field in draft.model_fields.items()
        if name not in never
    }
    return create_model(f"{draft.__name__}Change", __base__=ApiModel, **fields)


def answer_of(draft: type[Draft]) -> Any:
    """Return the base of an answer: id, version, and every field by its bare type."""
    fields: dict[str, Any] = {"id": (int, ...), "version": (int, ...)}
    fields |= {name: (field.annotation, ...) for name, field in draft.model_fields.items()}
    return create_model(f"{draft.__name__}Answer", __base__=ApiAnswer, **fields)


def _limited(field: FieldInfo) -> Any:
    """The field's type with its limits: what changes or judges a value by code is left out."""
    limits = [
        limit for limit in field.metadata if not isinstance(limit, BeforeValidator | AfterValidator)
    ]
    return Annotated[field.annotation, *limits] if limits else field.annotation


def sent_values(body: ApiModel, *emptied: str) -> dict[str, Any]:
    """Return the members that were sent; null counts only for those that it empties."""
    sent = {name: getattr(body, name) for name in body.model_fields_set}
    return {name: value for name, value in sent.items() if value is not None or name in emptied}
