"""What this half contributes: pages, resources, navigation, its part of the home page.

Importing a module of views adds its routes to the blueprint, of an api its operations.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

import conferencing.availability.api
import conferencing.booking.api
import conferencing.booking.api_changing
import conferencing.booking.api_problems
import conferencing.booking.views
import conferencing.conferences.actions
import conferencing.conferences.api
import conferencing.conferences.api_occurrences
import conferencing.conferences.on_behalf
import conferencing.conferences.views
import conferencing.feeds.api
import conferencing.feeds.file
import conferencing.feeds.views
import conferencing.inbox.api
import conferencing.inbox.views
import conferencing.invitations.api
import conferencing.models
import conferencing.places.bridges.api
import conferencing.places.bridges.views
import conferencing.places.groups.views
import conferencing.places.rooms.api
import conferencing.places.rooms.views
import conferencing.places.sites.api
import conferencing.places.sites.views
import conferencing.timeline.calendar
import conferencing.timeline.views  # noqa: F401
from conferencing import demo, jobs
from conferencing.blueprint import bp
from conferencing.conferences import search
from conferencing.emergency import services as offers
from conferencing.home.panels import sites_panel, today_panel, todo_panel
from conferencing.inbox.queries import KEEPS, count_waiting
from conferencing.invitations import views as answers
from conferencing.looks import CONFERENCE_STATES, SITE_STATES
from conferencing.places.sites.queries import sites_by_code
from conferencing.repointing import repoint_conferencing
from hub.contracts.emergency import CONFERENCES_TODAY, CONVENE, PREVIEW
from hub.contracts.half import Half
from hub.contracts.sites import KNOWN_SITES, REACHABILITY
from hub.ui.home import HomePanel, add_home_panels
from hub.ui.navigation import NavItem, add_nav

NAV = (
    NavItem("conferencing", 10, _l("Hôm nay"), icon="home", endpoint="home.home",
            capability="conference.view", phone=True),
    NavItem(
        "conferencing", 15, _l("Chờ trả lời"), icon="mail", endpoint="conferencing.inbox",
        capability=KEEPS, phone=True, short=_l("Trả lời"), count=count_waiting,
        also=("conferencing.answer_waiting",),
    ),
    NavItem(
        "conferencing", 20, _l("Lịch"), icon="calendar-event", endpoint="conferencing.timeline",
        capability="conference.view", phone=True,
        also=("conferencing.calendar", "conferencing.agenda"),
    ),
    NavItem(
        "conferencing", 30, _l("Đặt lịch họp"), icon="calendar-plus",
        endpoint="conferencing.new_conference", capability="conference.book", phone=True,
        short=_l("Đặt lịch"), primary=True,
        also=("conferencing.book_conference", "conferencing.edit_conference"),
    ),
    NavItem(
        "conferencing", 25, _l("Hội nghị"), "broadcast", "conferencing.list_conferences",
        "conference.view", also=("conferencing.show_conference", "conferencing.move_form",
        "conferencing.cancel_form", "conferencing.answer_for_form", "conferencing.remind_preview"),
    ),
    NavItem(
        "conferencing", 50, _l("Điểm cầu"), "building-community", "conferencing.list_sites",
        "site.view", also=("conferencing.show_site", "conferencing.edit_site",
        "conferencing.new_site", "conferencing.list_groups", "conferencing.edit_group"),
    ),
    NavItem(
        "conferencing", 60, _l("Phòng họp"), "door", "conferencing.list_rooms", "site.view",
        also=("conferencing.show_room", "conferencing.edit_room", "conferencing.list_bridges",
        "conferencing.show_bridge", "conferencing.edit_bridge"),
    ),
    NavItem(
        "conferencing", 70, _l("Lịch trên máy khác"), "rss", "conferencing.my_feeds", "feed.own",
        also=("conferencing.make_feed",),
    ),
)  # fmt: skip

PANELS = (
    HomePanel(10, "conferencing/home_today.html", "conference.view", today_panel),
    HomePanel(20, "conferencing/home_todo.html", "conference.book", todo_panel, aside=True),
    HomePanel(30, "conferencing/home_sites.html", "site.view", sites_panel, aside=True),
)


def register(app: Flask) -> None:
    """Add the pages, navigation, home panels and search of conferencing."""
    app.register_blueprint(bp)
    add_nav(app, NAV)
    add_home_panels(app, PANELS)
    search.register(app)
    answers.register(app)


HALF = Half(
    name="conferencing",
    label=_l("Hội nghị"),
    register=register,
    repoint=repoint_conferencing,
    seed_demo=demo.seed,
    states={"conference": CONFERENCE_STATES, "site": SITE_STATES},
    ticks=jobs.TICKS,
    journal_kinds=("conference.changed", "site.changed"),
    long_fields=("attendees_text",),
    secret_paths=("/feeds/", "/answer/"),
    offers=(
        (CONVENE, offers.convene_from_alert),
        (PREVIEW, offers.preview_for_alert),
        (KNOWN_SITES, sites_by_code),
        (CONFERENCES_TODAY, offers.conferences_of_day),
        (REACHABILITY, offers.reach_of_sites),
    ),
)
