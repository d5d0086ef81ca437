"""A form as a tab of a browser holds it: what the page filled in, and what a person changes."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

Attributes = list[tuple[str, str | None]]


class _Form(HTMLParser):
    """Collects the successful controls of the form with an id."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.inside = form_id, False
        self.values: MultiDict[str, Any] = MultiDict()
        self.select, self.area, self.is_chosen = "", "", False

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == self.form_id
        if not self.inside:
            return
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "input" and name:
            is_box = given.get("type") in {"checkbox", "radio"}
            if not is_box or "checked" in given:
                self.values.add(name, value or ("on" if is_box else ""))
        elif tag == "select":
            self.select, self.is_chosen = name, False
        elif tag == "option" and self.select and not self.is_chosen:
            # The first one, until one says that it is chosen.
            self.is_chosen = "selected" in given
            self.values.setlist(self.select, [value])
        elif tag == "textarea":
            self.area = name
            self.values.add(name, "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area] += data.removeprefix("\r").removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""


class Tab:
    """A page with a form, opened once; what is typed stays until it is sent."""

    def __init__(self, browser: FlaskClient, url: str, form_id: str = "edit") -> None:
        self.browser, self.url, self.form_id = browser, url, form_id
        self.take(browser.get(url))

    def take(self, page: TestResponse) -> None:
        """Go on from a page that came back."""
        form = _Form(self.form_id)
        form.feed(page.get_data(as_text=True))
        assert form.values.get("csrf_token"), f"no form {self.form_id} on {self.url}"
        self.values = form.values

    def send(self, to: str = "", **changes: Any) -> TestResponse:
        """Change some boxes and press the button."""
        for name, value in changes.items():
            values = value if isinstance(value, list) else [value]
            self.values.setlist(name, values)
        sent: Mapping[str, Any] = self.values.to_dict(flat=False)
        return self.browser.post(to or self.url, data=sent)
