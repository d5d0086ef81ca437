"""What letters say, in Vietnamese: one list of labelled lines, written as text and as HTML."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from markupsafe import Markup, escape

from conferencing.ical.components import DRILL_MARK
from hub.clock import local

WEEKDAYS: Final = (
    "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật",
)  # fmt: skip
STYLE: Final = "font-family:sans-serif;font-size:15px;line-height:1.55;color:#1b2733"
BUTTON: Final = (
    "display:inline-block;padding:10px 18px;background:#0b5394;color:#ffffff;"
    "text-decoration:none;border-radius:4px"
)


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter before it is written out; ``link`` is the one button, if any."""

    subject: str
    opening: str
    rows: tuple[tuple[str, str], ...]
    closing: tuple[str, ...] = ()
    link: str = ""
    link_label: str = ""
    is_drill: bool = False
    extra: str = field(default="")

    @property
    def full_subject(self) -> str:
        """The subject, marked when it belongs to a drill."""
        marked = f"{DRILL_MARK} {self.subject}" if self.is_drill else self.subject
        return " ".join(marked.split())[:300]

    def as_text(self) -> str:
        """Write the letter as plain text."""
        parts = [DRILL_MARK, ""] if self.is_drill else []
        parts += [self.opening, ""]
        parts += [f"{label}: {value}" for label, value in self.rows if value]
        if self.extra:
            parts += ["", self.extra]
        if self.link:
            parts += ["", f"{self.link_label}: {self.link}"]
        return "\n".join([*parts, "", *self.closing, ""])

    def as_html(self) -> str:
        """Write the letter as one small HTML page without pictures."""
        rows = Markup("").join(
            Markup('<tr><th align="left" valign="top">{}</th><td>{}</td></tr>').format(
                label, _linked(value)
            )
            for label, value in self.rows
            if value
        )
        button = (
            Markup('<p><a href="{}" style="{}">{}</a></p>').format(
                self.link, BUTTON, self.link_label
            )
            if self.link
            else Markup("")
        )
        return Markup(
            '<!doctype html><html lang="vi"><body style="{style}">{mark}<p>{opening}</p>'
            '<table cellpadding="6" style="border-collapse:collapse">{rows}</table>'
            "{extra}{button}{closing}</body></html>"
        ).format(
            style=STYLE,
            mark=Markup("<p><strong>{}</strong></p>").format(DRILL_MARK) if self.is_drill else "",
            opening=self.opening,
            rows=rows,
            extra=_paragraphs(self.extra),
            button=button,
            closing=Markup("").join(Markup("<p>{}</p>").format(line) for line in self.closing),
        )


def _linked(value: str) -> Markup:
    if value.startswith(("https://", "http://")):
        return Markup('<a href="{0}">{0}</a>').format(value)
    return Markup("<br>").join(escape(line) for line in value.split("\n"))


def _paragraphs(text: str) -> Markup:
    if not text:
        return Markup("")
    return Markup("<p>{}</p>").format(Markup("<br>").join(escape(t) for t in text.split("\n")))


def span_text(start: datetime, end: datetime) -> str:
    """Return "08:00–11:00, thứ Ba, 24/11/2026", or both moments when the day changes."""
    first, last = local(start), local(end)
    day = f"{WEEKDAYS[first.weekday()]}, {first:%d/%m/%Y}"
    if first.date() == last.date():
        return f"{first:%H:%M}–{last:%H:%M}, {day}"
    return f"{first:%H:%M} {day} – {last:%H:%M} {WEEKDAYS[last.weekday()]}, {last:%d/%m/%Y}"


def short_moment(moment: datetime) -> str:
    """Return "08:00 24/11/2026"."""
    return f"{local(moment):%H:%M %d/%m/%Y}"
