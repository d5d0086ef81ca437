"""What calendar programs make of a feed fetched over HTTP."""

import gzip
import http.client
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

import recurring_ical_events
from icalendar import Calendar

from tests import factories
from tests.integration.feeds_clients.conftest import Published
from tests.oracles import icaljs, libical

KEPT = 4


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


def fetch(url: str, method: str = "GET", **headers: str) -> Fetched:
    """Fetch a URL as a calendar program does."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, parts.path, headers=sent)
        answer = connection.getresponse()
        body = answer.read()
        return Fetched(answer.status, {k.lower(): v for k, v in answer.getheaders()}, body)
    finally:
        connection.close()


def expected_days() -> list[date]:
    """The dates that remain: the second a day later, the fourth gone."""
    weeks = [(factories.in_days(7) + timedelta(weeks=week)).date() for week in range(5)]
    weeks[1] += timedelta(days=1)
    return [day for number, day in enumerate(weeks) if number != 3]


def test_icalendar_and_recurring_ical_events_find_the_dates_that_remain(
    published: Published,
) -> None:
    calendar = Calendar.from_ical(fetch(published.url).body)
    span = (factories.in_days(1), factories.in_days(90))
    found = recurring_ical_events.of(calendar).between(*span)
    held = [vevent for vevent in found if vevent.get("STATUS") != "CANCELLED"]
    assert sorted(vevent["DTSTART"].dt.date() for vevent in held) == expected_days()
    assert all(vevent["SUMMARY"] == "Giao ban tuần" for vevent in held)


def test_ical_js_as_in_thunderbird_finds_the_same_dates(published: Published) -> None:
    understood = icaljs.read(fetch(published.url).body)
    assert len(understood["occurrences"]) == KEPT
    assert understood["method"] in (None, "")


def test_libical_finds_nothing_wrong(published: Published) -> None:
    assert libical.complaints(fetch(published.url).body) == []


def test_a_program_that_has_it_takes_a_304_until_something_changes(published: Published) -> None:
    first = fetch(published.url, Accept_Encoding="gzip")
    assert first.headers["content-encoding"] == "gzip"
    assert gzip.decompress(first.body).startswith(b"BEGIN:VCALENDAR\r\n")
    tag = first.headers["etag"]
    again = fetch(published.url, Accept_Encoding="gzip", If_None_Match=tag)
    assert (again.status, again.body) == (304, b"")
    # Some programs send what they were given without packing, or weakened by a proxy.
    weak = fetch(published.url, If_None_Match=f"W/{tag}")
    assert weak.status == 304
    published.cancel(4)
    changed = fetch(published.url, Accept_Encoding="gzip", If_None_Match=tag)
    assert changed.status == 200
    assert changed.headers["etag"] != tag


def test_head_tells_the_same_without_a_body(published: Published) -> None:
    full, head = fetch(published.url), fetch(published.url, "HEAD")
    assert head.status == 200
    assert head.body == b""
    for name in ("etag", "content-type", "cache-control", "last-modified", "content-length"):
        assert head.headers[name] == full.headers[name]


def test_a_revoked_feed_is_gone_even_for_who_has_it(published: Published) -> None:
    tag = fetch(published.url).headers["etag"]
    published.revoke()
    assert fetch(published.url, If_None_Match=tag).status == 404
