"""The one blueprint of the pages of this half; every module here adds its routes to it."""

from flask import Blueprint

bp = Blueprint("conferencing", __name__, template_folder="../templates")
