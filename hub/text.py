"""Vietnamese text: cleaning what people paste, folding for search, order for lists."""

import unicodedata

# Vietnamese needs two; a text that has more on one letter is not meant to be read.
MOST_MARKS = 30
# Alphabet order of Vietnamese; letters with a breve, circumflex or horn are letters of their own.
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_RANK = {letter: rank for rank, letter in enumerate(_LETTERS, start=100)}
# Tones in dictionary order: level, grave, hook, tilde, acute, dot below.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def clean(text: str) -> str:
    """Return the text in NFC, stripped, without control characters (line breaks stay)."""
    kept = (c for c in unicodedata.normalize("NFC", _without_piles(text)) if _is_printable(c))
    return "".join(kept).strip()


def _without_piles(text: str) -> str:
    """Keep at most so many marks on one letter: putting a pile in order takes time squared."""
    if len(text) <= MOST_MARKS or text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def _is_printable(char: str) -> bool:
    if char in "\n\t":
        return True
    # U+2028 and U+2029 break lines inside JavaScript and calendar clients; what only steers the
    # reading (Cf) hides a name or turns it round.
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def fold(text: str) -> str:
    """Return the text for search: no case, no marks, đ as d ("Lệ Thủy" -> "le thuy")."""
    lowered = unicodedata.normalize("NFD", _without_piles(text)).casefold().replace("đ", "d")
    return "".join(c for c in lowered if not unicodedata.combining(c)).strip()


def sort_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    """Return a key for Vietnamese dictionary order: letters first, then tones."""
    letters: list[int] = []
    tones: list[int] = []
    for char in unicodedata.normalize("NFC", text).casefold():
        letter, tone = _split_tone(char)
        letters.append(_LETTER_RANK.get(letter, ord(letter[0]) if ord(letter[0]) < 100 else 9999))
        tones.append(tone)
    return tuple(letters), tuple(tones), text


def _split_tone(char: str) -> tuple[str, int]:
    parts = unicodedata.normalize("NFD", char)
    tone = next((_TONES[c] for c in parts if c in _TONES), 0)
    letter = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
    return letter or char, tone
