"""libical (Debian package libical3) by ctypes: the strictest judge of RFC 5545 and 5546."""

import ctypes
import ctypes.util
from functools import cache

import pytest

from tests.services.choice import skip_if_left_out


@cache
def _library() -> ctypes.CDLL | None:
    name = ctypes.util.find_library("ical")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalcomponent_count_errors.argtypes = [ctypes.c_void_p]
    library.icalcomponent_count_errors.restype = ctypes.c_int
    library.icalrestriction_check.argtypes = [ctypes.c_void_p]
    library.icalrestriction_check.restype = ctypes.c_int
    library.icalcomponent_as_ical_string.argtypes = [ctypes.c_void_p]
    library.icalcomponent_as_ical_string.restype = ctypes.c_char_p
    library.icalcomponent_free.argtypes = [ctypes.c_void_p]
    library.icalcomponent_free.restype = None
    return library


def complaints(calendar: bytes) -> list[str]:
    """What libical finds wrong, as the lines it marks; empty for a faultless object."""
    skip_if_left_out("libical")
    library = _library()
    if library is None:
        pytest.fail("libical is missing: apt-get install libical3, or HUB_TEST_WITHOUT=libical")
    component = library.icalparser_parse_string(calendar)
    if not component:
        return ["not parseable"]
    try:
        passed = library.icalrestriction_check(component)
        errors = library.icalcomponent_count_errors(component)
        marked = library.icalcomponent_as_ical_string(component).decode()
    finally:
        library.icalcomponent_free(component)
    if passed and not errors:
        return []
    unfolded = marked.replace("\r\n ", "")
    return [text for text in unfolded.split("\r\n") if text.startswith("X-LIC-ERROR")] or [marked]
