"""Text made safe for calendars and mail headers: composed letters, no control characters."""

import unicodedata

# Line separators of Unicode break lines in some clients although iCalendar does not know them.
LINE_BREAKS = str.maketrans({"\r": "\n", "\u2028": "\n", "\u2029": "\n", "\u0085": "\n"})


def block(text: str) -> str:
    """Text of several lines: NFC, `\\n` as the only break, other controls and surrogates gone."""
    lines = text.replace("\r\n", "\n").translate(LINE_BREAKS).replace("\t", " ")
    kept = "".join(c for c in lines if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", kept).strip()


def line(text: str) -> str:
    """Text of one line."""
    return " ".join(block(text).split())


def person_name(text: str) -> str:
    """A name for CN: one line without double quotes, which clients read in different ways."""
    return line(text.replace('"', ""))
