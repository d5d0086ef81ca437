"""A draft says once what may be kept; forms and bodies read it from there."""

from collections.abc import Iterator
from typing import Annotated

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from hub.api.derived import answer_of, body_of, change_of, sent_values
from hub.drafts import ONE_LINE, Draft, Email, Link, PublicCode
from hub.errors import FieldError, Invalid, Refusals
from hub.ui.forms import DraftForm, WholeNumberField, limits, read_form


class MastDraft(Draft):
    """A thing with every kind of field."""

    code: PublicCode
    name: Annotated[str, Field(min_length=1, max_length=8), ONE_LINE]
    height: Annotated[int, Field(ge=1, le=90)] = 20
    lamps: Annotated[int, Field(ge=0, le=9)] | None = None
    email: Email = ""
    link: Link = ""


class MastForm(DraftForm):
    """Its form."""

    draft = MastDraft

    code = StringField(validators=limits(MastDraft, "code"))
    name = StringField(validators=limits(MastDraft, "name"))
    height = WholeNumberField(validators=limits(MastDraft, "height"))
    lamps = WholeNumberField(validators=limits(MastDraft, "lamps"))


@pytest.fixture(autouse=True, scope="module")
def _vietnamese_request() -> Iterator[None]:
    """Sentences need a request for their language."""
    app = Flask("drafts")
    Babel(app, default_locale="vi")
    with app.test_request_context():
        yield


def test_what_is_pasted_becomes_one_clean_line() -> None:
    draft = MastDraft.read({"code": " C-1 ", "name": " Cột\n\u200b BĐ ", "email": "A@Tinh.example"})
    assert (draft.code, draft.email, draft.height) == ("C-1", "a@tinh.example", 20)
    assert draft.name.split() == draft.name.split(" ")


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = {
        "code": "a b", "name": "", "height": 91, "lamps": -1, "email": "x", "link": "javascript:1",
    }  # fmt: skip
    with pytest.raises(Invalid) as raised:
        MastDraft.read({**wrong, "more": 1})
    fields = [error.field for error in raised.value.errors]
    assert sorted(fields) == sorted([*wrong, "more"])
    assert all(error.message for error in raised.value.errors)


@given(st.text())
def test_a_code_that_is_taken_fits_an_address_and_a_topic(text: str) -> None:
    try:
        code = MastDraft.read({"code": text, "name": "x"}).code
    except Invalid:
        return
    assert code.isascii()
    assert 0 < len(code) <= 40
    assert not set(code) & set(" /+#?&")


def test_a_form_knows_what_is_needed_and_how_long() -> None:
    kinds = {name: [type(limit) for limit in limits(MastDraft, name)] for name in ("name", "lamps")}
    assert kinds == {"name": [InputRequired, Length], "lamps": [Optional]}
    form = MastForm(MultiDict({"code": "C", "name": "123456789", "height": "", "lamps": "99"}))
    assert not form.validate()
    # Too long and left empty are the form's to say, too many lamps the draft's: all at once.
    assert {name: len(said) for name, said in form.errors.items()} == {
        "name": 1, "height": 1, "lamps": 1,
    }  # fmt: skip


def test_what_is_no_number_hides_nothing_else_that_is_wrong() -> None:
    typed = {"code": "có dấu", "name": "", "height": "cao", "lamps": "-1"}
    form = MastForm(MultiDict(typed))
    assert not form.validate()
    assert {name: len(said) for name, said in form.errors.items()} == dict.fromkeys(typed, 1)


def test_an_empty_box_is_the_drafts_own_default() -> None:
    form = MastForm(MultiDict({"code": "C", "name": "Cột", "height": "30", "lamps": ""}))
    assert form.validate()
    assert form.values == {
        "code": "C", "name": "Cột", "height": 30, "lamps": None,
    }  # fmt: skip
    assert read_form(MastDraft, form) == MastDraft(code="C", name="Cột", height=30)


def test_everything_refused_is_said_once_and_at_once() -> None:
    refusals = Refusals()
    with refusals.heeded():
        MastDraft.read({"code": "?", "name": ""})
    with refusals.heeded():
        raise Invalid([FieldError("code", "taken"), FieldError("unit", "none")])
    refusals.add("unit", "again")
    with pytest.raises(Invalid) as raised:
        refusals.settle()
    assert [error.field for error in raised.value.errors] == ["code", "name", "unit"]
    assert raised.value.errors[2].message == "none"
    Refusals().settle()


def test_bodies_keep_limits_and_refuse_what_a_form_would_tidy_up() -> None:
    body = body_of(MastDraft)
    assert sent_values(body(code="C", name="Cột", lamps=None)) == {"code": "C", "name": "Cột"}
    for wrong in ({"name": "123456789"}, {"name": "a\x00"}, {"height": 0}, {"code": "a b"}):
        with pytest.raises(ValidationError):
            body(**{"code": "C", "name": "Cột", **wrong})
    change = change_of(MastDraft, "code")
    assert sent_values(change(height=5)) == {"height": 5}
    with pytest.raises(ValidationError):
        change(code="D")
    assert list(answer_of(MastDraft).model_fields) == ["id", "version", *MastDraft.model_fields]
