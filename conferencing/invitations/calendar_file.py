"""One conference as a calendar file to keep: a publication, so without METHOD and attendees."""

from flask import Response
from werkzeug.http import dump_options_header

from conferencing.ical import feed
from conferencing.models import Conference

CALENDAR_TYPE = "text/calendar; charset=utf-8"


def calendar_file(conference: Conference) -> Response:
    """Give the conference's fragment as a calendar of its own, named after its code."""
    document = feed.join([conference.ical_fragment or b""], conference.title)
    response = Response(document, content_type=CALENDAR_TYPE)
    name = {"filename": f"{conference.code}.ics"}
    response.headers["Content-Disposition"] = dump_options_header("attachment", name)
    return response
