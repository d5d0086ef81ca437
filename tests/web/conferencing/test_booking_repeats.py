"""The form offers every way to repeat, before and after it came back with an error."""

import re

from flask.testing import FlaskClient

from tests.web.conferencing.test_booking_form import filled, secretary, text_of
from tests.web.conftest import Post

__all__ = ["secretary"]


def offered(page: str) -> tuple[list[str], int]:
    """The values of the select, and how many weekdays can be ticked."""
    select = re.search(r'<select[^>]* name="repeat".*?</select>', page, re.DOTALL)
    assert select is not None
    values = re.findall(r'<option value="([^"]*)"', select[0])
    return values, len(re.findall(r'name="weekdays" value="', page))


def test_an_empty_form_offers_every_way_to_repeat(secretary: FlaskClient) -> None:
    values, weekdays = offered(text_of(secretary.get("/conferences/new")))
    assert values == ["", "daily", "weekly", "monthly_day", "monthly_weekday"]
    assert weekdays == 7


def test_a_refused_form_keeps_its_way_to_repeat(secretary: FlaskClient, post: Post) -> None:
    page = text_of(post(secretary, "/conferences/new", filled(title="", repeat="weekly")))
    assert '<option value="weekly" selected>' in page
    assert offered(page)[1] == 7
