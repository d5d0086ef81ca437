"""Showing bytes from strangers: as text when they are text, else as hexadecimal."""

import json
from dataclasses import dataclass
from typing import Final

SHOWN_BYTES: Final = 4096
ROW: Final = 16


@dataclass(frozen=True, slots=True)
class Preview:
    """``text`` is safe to escape and print; ``is_hex`` tells how it was made."""

    text: str
    is_hex: bool
    is_cut: bool


def preview(payload: bytes) -> Preview:
    """Return a readable picture of the first bytes of a payload."""
    is_cut = len(payload) > SHOWN_BYTES
    head = payload[:SHOWN_BYTES]
    text = _as_text(head, is_cut)
    if text is None:
        return Preview(_as_hex(head[: SHOWN_BYTES // 4]), True, len(payload) > SHOWN_BYTES // 4)
    return Preview(text if is_cut else _tidy(text), False, is_cut)


def _as_text(head: bytes, is_cut: bool) -> str | None:
    try:
        text = head.decode("utf-8", errors="ignore" if is_cut else "strict")
    except UnicodeDecodeError:
        return None
    return text if all(char.isprintable() or char in "\n\r\t" for char in text) else None


def _tidy(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text


def _as_hex(head: bytes) -> str:
    rows = []
    for start in range(0, len(head), ROW):
        piece = head[start : start + ROW]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in piece)
        rows.append(f"{start:04x}  {piece.hex(' '):<{ROW * 3}} {letters}")
    return "\n".join(rows)
