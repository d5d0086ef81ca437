"""Brings the message catalogues in line with the sources: `make i18n`.

Vietnamese is the source language, so its catalogue repeats each message; English has to be
complete. New messages come in empty, gone ones leave; the tests refuse an empty one.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "hub" / "i18n" / "translations"
LOCALES = ("vi", "en")
METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2.ext:babel_extract"),
    ("**/templates/**.txt", "jinja2.ext:babel_extract"),
]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


def extracted() -> Catalog:
    """Collects the messages of all sources; each names the files it stands in."""
    template = Catalog(charset="utf-8")
    for package in ("hub", "conferencing", "smartcity"):
        found = extract_from_dir(ROOT / package, METHODS, keywords=KEYWORDS)
        for name, _line, message, _comments, _context in found:
            template.add(message, locations=[(f"{package}/{name}", 0)])
    return template


def path_of(locale: str) -> Path:
    """Gives the file of a language."""
    return TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"


def read(locale: str) -> Catalog:
    """Reads the catalogue of a language."""
    with path_of(locale).open("rb") as file:
        return read_po(file, locale=locale)


def key(message: Message) -> str:
    """Gives the text a message is looked up by."""
    return message.id if isinstance(message.id, str) else message.id[0]


def messages(catalogue: Catalog) -> Iterator[Message]:
    """Yields the messages without the header."""
    return (message for message in catalogue if message.id)


def updated(locale: str, template: Catalog) -> Catalog:
    """Builds the catalogue of a language from what it had and what the sources have now."""
    before = {key(message): message.string for message in messages(read(locale))}
    after = Catalog(
        locale=locale,
        project="Nhịp Cầu",
        version="1.0",
        copyright_holder="Nhịp Cầu",
        fuzzy=False,
        # The day of the last change is git's to know; here it only makes two branches collide.
        creation_date=datetime(2020, 5, 1, tzinfo=UTC),
        header_comment="# Nhịp Cầu. Vietnamese is the source language; English is kept complete.",
    )
    for message in messages(template):
        is_plural = not isinstance(message.id, str)
        empty = ("",) * after.num_plurals if is_plural else ""
        string = before.get(key(message)) or (_source(message) if locale == "vi" else empty)
        files = sorted({(name, 0) for name, _line in message.locations})
        after.add(message.id, string, locations=files, flags=message.flags)
    return after


def _source(message: Message) -> str | tuple[str, ...]:
    return message.id if isinstance(message.id, str) else (message.id[0],)


def main() -> int:
    """Rewrites the catalogues and names what is still to be translated."""
    template, open_messages = extracted(), 0
    for locale in LOCALES:
        catalogue = updated(locale, template)
        with path_of(locale).open("wb") as file:
            write_po(file, catalogue, width=100, sort_output=True, include_lineno=False)
        for message in messages(catalogue):
            if not message.string or not all(message.string):
                open_messages += 1
                print(f"{locale}: {key(message)}")  # noqa: T201
    return 1 if open_messages else 0


if __name__ == "__main__":
    sys.exit(main())
