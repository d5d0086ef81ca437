"""The pages of this half: one blueprint, its places in the navigation, its part of the home page.

Importing a module of pages adds its routes to the blueprint.
"""

from flask import Flask
from flask_babel import lazy_gettext as _l

from conferencing.web import booking  # noqa: F401 - adds its routes
from conferencing.web.blueprint import bp
from hub.ui.navigation import NavItem, add_nav

NAV = (
    NavItem(
        "conferencing", 30, _l("Đặt lịch họp"), "calendar-plus", "conferencing.new_conference",
        "conference.book", phone=True, short=_l("Đặt lịch"), primary=True,
        also=("conferencing.book_conference",),
    ),
)  # fmt: skip


def register(app: Flask) -> None:
    """Add the pages, navigation, home panels and search of conferencing."""
    app.register_blueprint(bp)
    add_nav(app, NAV)
