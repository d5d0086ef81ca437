"""How a severity or a state looks: icon, word and tone. Shape and word carry it; colour follows."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from hub.contributions import Contributions


@dataclass(frozen=True)
class Look:
    """Icon of the sprite, the word shown, and the tone (a CSS class `tone-…`)."""

    icon: str
    word: str | LazyString
    tone: str = "plain"
    struck: bool = False


SEVERITIES: dict[str, Look] = {
    "critical": Look(icon="sev-critical", word=_l("Khẩn cấp"), tone="critical"),
    "high": Look(icon="sev-high", word=_l("Cao"), tone="high"),
    "medium": Look(icon="sev-medium", word=_l("Trung bình"), tone="medium"),
    "low": Look(icon="sev-low", word=_l("Thấp"), tone="low"),
    "normal": Look(icon="sev-normal", word=_l("Bình thường"), tone="normal"),
    "unknown": Look(icon="sev-unknown", word=_l("Không rõ"), tone="unknown"),
}

# A half's states by kind ("alert"), each by its code in lower case.
StateLooks = Mapping[str, Mapping[str, Look]]
CONTRIBUTED = Contributions[StateLooks]("states")


def add_states(app: Flask, looks: StateLooks) -> None:
    """Contribute how the states of some kinds look."""
    CONTRIBUTED.add(app, [looks])


def severity_look(level: str) -> Look:
    """Give the look of a severity; a level nobody knows is shown as unknown, never as good."""
    return SEVERITIES.get(level, SEVERITIES["unknown"])


def state_look(kind: str, state: str) -> Look:
    """Give the look of a state of a kind; one that nobody contributed shows its code as is."""
    key = state.lower().replace("-", "_")
    for looks in CONTRIBUTED.all():
        if found := looks.get(kind, {}).get(key):
            return found
    return Look(icon="circle-dashed", word=state, tone="unknown")
