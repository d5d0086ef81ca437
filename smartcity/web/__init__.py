"""Pages of the smart-city half."""

from flask import Blueprint, Flask

from hub.search import add_search
from hub.ui.home import add_home_panels
from hub.ui.navigation import add_nav
from smartcity.web import alerts, devices, emergency, home, intake, operations, rules, words


def register(app: Flask) -> None:
    """Add the pages, navigation, home panels and search of this half."""
    bp = Blueprint("smartcity", __name__, template_folder="../templates")
    for part in (alerts, emergency, devices, rules, intake, words, operations):
        part.register(bp)
    app.register_blueprint(bp)
    add_nav(app, home.NAV)
    add_home_panels(app, home.PANELS)
    add_search(app, home.SEARCH)
