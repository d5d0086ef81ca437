"""How many files a booking passes: what one has to open to follow it."""

from typing import Final

from flask import Flask
from flask.testing import FlaskClient

from hub.db import db
from tests.architecture.ways import followed
from tests.web.conferencing.test_booking_form import filled
from tests.web.conferencing.test_booking_form import secretary as secretary
from tests.web.conftest import Post

# Twenty-six before the subjects were laid out.
MOST: Final = 15


def test_a_booking_passes_few_files_before_its_insert(
    app: Flask, secretary: FlaskClient, post: Post
) -> None:
    with app.app_context():
        engine = db.engine
    with followed(engine, "conferencing.booking.views", "conferencing_conference") as way:
        answer = post(secretary, "/conferences/new", filled(do="confirm"))
    assert answer.status_code in (302, 303), answer.text[:500]
    assert way.is_over
    assert len(way.modules) <= MOST, way.modules
