"""The one blueprint of the pages of this half; every ``views`` module adds its routes to it."""

from hub.ui.blueprints import HalfBlueprint

bp = HalfBlueprint("smartcity", __name__)
