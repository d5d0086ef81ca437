"""Puts what a service refused beside the field it belongs to."""

from collections.abc import Iterable

from flask_wtf import FlaskForm

from hub.errors import FieldError


def show_errors(form: FlaskForm, errors: Iterable[FieldError]) -> list[tuple[str, str]]:
    """Add sentences to the fields they name; return those for which the form has no field."""
    homeless: list[tuple[str, str]] = []
    for error in errors:
        if error.field in form:
            shown = form[error.field]
            shown.errors = [*shown.errors, error.message]
        else:
            homeless.append(("", error.message))
    return homeless
