"""Commands of this half, by the module of each: nothing else is imported until one is asked for."""

from typing import Final

MODULES: Final = {
    "ingest": "smartcity.commands.ingest",
    "simulate": "smartcity.commands.simulate",
    "dead-letter": "smartcity.commands.dead_letters",
}
