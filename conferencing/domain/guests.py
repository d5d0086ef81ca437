"""People as mails and tables list them: read in one pass, nobody lost, nobody twice.

The standard library's ``getaddresses`` reads RFC 5322 headers only: it knows neither ``;`` nor
tabs, and answers nothing at all for a whole list in which one entry is wrong.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

# What stands between separators; a separator in quotes parts nothing.
PIECE: Final = re.compile(r'(?:"[^"]*"|[^,;\t"]|"(?=[^"]*$))+')
BETWEEN: Final = re.compile(r"[\s<>\[\],;]+")
SCHEME: Final = re.compile(r"mailto:", re.I)
# What mail programs write before a list, and people before a line of one.
LABEL: Final = re.compile(
    r"^\s{0,9}(?:(?:to|cc|bcc|đến|gửi|kính gửi)\s{0,3}:|\d{1,4}[.)]\s|[-*•+]\s)", re.I
)
CELLS: Final = re.compile(r"[\t,;]")
# Marks without width that come along when text is copied from chats and pages.
INVISIBLE: Final = dict.fromkeys(
    (0x00AD, 0x200B, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2060, 0xFEFF)
)
# The number of a row, as tables have it in their first column.
ROW_NUMBER: Final = re.compile(r"\d{1,4}\.?")
MAX_HEADING: Final = 200
HEADINGS: Final = re.compile(
    r"stt|tt|no|họ(?: và)? tên|tên|đại biểu|chức (?:vụ|danh)|đơn vị|cơ quan|(?:full )?name|title"
    r"|position|(?:địa chỉ )?(?:e?-?mail|thư(?: điện tử)?)|hộp thư|ghi chú|điện thoại",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Guest:
    """A person to invite: the address as written, and name and post if any."""

    email: str
    name: str = ""

    @property
    def key(self) -> str:
        """What tells two people apart: the address without regard to case."""
        return self.email.lower()


@dataclass(frozen=True, slots=True)
class GuestList:
    """What a list says: each person once, who was listed again, what could not be read."""

    guests: tuple[Guest, ...] = ()
    repeated: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def read_guests(text: str) -> GuestList:
    """Read any number of people, on one line or many.

    Commas, semicolons, tabs and new lines part them (RFC 5322, and what Outlook and Excel make of
    it): ``"Lê, An" <an@x.vn>; binh@x.vn``, ``Lê An, an@x.vn``, ``mailto:an@x.vn`` and rows with
    name, post and address in any order. Time grows with the length of the text only.
    """
    found: dict[str, Guest] = {}
    repeated: dict[str, None] = {}
    unread: list[str] = []
    for line in SCHEME.sub("", text.translate(INVISIBLE)).splitlines():
        people, stray = _people_in(line)
        unread += stray
        for guest in people:
            if guest.key in found:
                repeated[guest.key] = None
            found[guest.key] = with_name(found.get(guest.key, guest), guest.name)
    return GuestList(tuple(found.values()), tuple(repeated), tuple(unread))


def with_name(guest: Guest, name: str) -> Guest:
    """Return the guest, called so when nothing better is known."""
    return guest if guest.name or not name else Guest(guest.email, name)


def without(known: Container[str], read: GuestList) -> GuestList:
    """Return the list without those whose address is known already; they count as repeated."""
    again = [guest.email for guest in read.guests if guest.key in known]
    fresh = tuple(guest for guest in read.guests if guest.key not in known)
    return GuestList(fresh, tuple(dict.fromkeys([*read.repeated, *again])), read.unread)


Found = tuple[list[Guest], list[str]]


def _people_in(line: str) -> Found:
    if "@" not in line:
        # Whole, as it was written: what is missing can be added where it stands.
        return [], [line.strip()] if line.strip() and not _is_heading(line) else []
    return _row_of(line) if "\t" in line else _people_of(line)


def _is_heading(line: str) -> bool:
    # A pile of marks on one letter takes time squared to be put in order; no heading is so long.
    if len(line) > MAX_HEADING:
        return False
    cells = (cell.strip(' "') for cell in CELLS.split(normalize("NFC", line)))
    return all(HEADINGS.fullmatch(cell) for cell in cells if cell)


def _row_of(line: str) -> Found:
    """Read the row of a table: one person by name, post and address, or a list of people."""
    cells = [cell.strip(' "').replace('""', '"') for cell in line.split("\t")]
    words = [cell for cell in cells if cell and not ROW_NUMBER.fullmatch(cell)]
    holding = [index for index, cell in enumerate(words) if "@" in cell]
    lone = _addresses_in(words[holding[0]]) if len(holding) == 1 else []
    if len(lone) != 1 or len(list(_words(words[holding[0]]))) != 1:
        return _people_of(line)
    rest = [*words[: holding[0]], *words[holding[0] + 1 :]]
    return [Guest(lone[0], ", ".join(rest))], []


def _people_of(line: str) -> Found:
    people: list[Guest] = []
    names: list[str] = []
    stray: list[str] = []
    pieces = (found.strip() for found in PIECE.findall(LABEL.sub("", line, count=1)))
    for piece in pieces:
        addresses = _addresses_in(piece)
        name = _name_before(piece, addresses)
        if not addresses:
            names += [name] if name else []
        elif len(addresses) == 1 and _ends_with(piece, addresses[0]):
            people.append(Guest(addresses[0], name or ", ".join(names)))
            # A name before somebody who brings their own belongs to nobody.
            stray, names = [*stray, *(names if name else ())], []
        elif not name and all("@" in word for word in _words(piece)):
            people += [Guest(address) for address in addresses]
        else:
            stray.append(piece)
    if len(people) == 1 and names and not people[0].name:
        people, names = [with_name(people[0], ", ".join(names))], []
    return people, [*stray, *names]


def _words(piece: str) -> Iterable[str]:
    return filter(None, BETWEEN.split(piece))


def _address(word: str) -> str:
    """Return the bare address of a word: no quotes, no ``?subject=``, no full stop."""
    return word.strip("'\"()").partition("?")[0].rstrip(".:")


def _addresses_in(piece: str) -> list[str]:
    """Return each address once; Outlook writes ``a@x.vn<mailto:a@x.vn>``."""
    found: dict[str, str] = {}
    for word in filter(lambda word: "@" in word, _words(piece)):
        address = _address(word)
        if "@" in address.strip("@"):
            found.setdefault(address.lower(), address)
    return list(found.values())


def _name_before(piece: str, addresses: list[str]) -> str:
    if not addresses:
        return piece.strip('"')
    before = piece[: piece.index(addresses[0])]
    return before.strip(" <\"'[(-–:")


def _ends_with(piece: str, address: str) -> bool:
    return piece.rstrip(" >]'\".)").lower().endswith(address.lower())
