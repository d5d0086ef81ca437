"""The pages of this half: one blueprint, its places in the navigation, its part of the home page.

Each entry names an endpoint; the routes themselves are in the modules imported here.
"""

from flask import Flask

from conferencing.web.blueprint import bp


def register(app: Flask) -> None:
    """Add the pages, navigation, home panels and search of conferencing."""
    app.register_blueprint(bp)
