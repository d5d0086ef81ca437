"""Lists of guests as mails and tables write them: nobody is lost, nobody comes twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conferencing.domain.guests import Guest, GuestList, read_guests, without

People = list[tuple[str, str]]


def people(read: GuestList) -> People:
    return [(guest.name, guest.email) for guest in read.guests]


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        (
            '"Lê, An" <a@x.vn>; B <b@x.vn>, c@x.vn',
            [("Lê, An", "a@x.vn"), ("B", "b@x.vn"), ("", "c@x.vn")],
        ),
        ("Lê An, a@x.vn", [("Lê An", "a@x.vn")]),
        ("Lê Thị Hà; ha@x.vn", [("Lê Thị Hà", "ha@x.vn")]),
        ("a@x.vn\tLê An\nb@x.vn\tTrần Bình", [("Lê An", "a@x.vn"), ("Trần Bình", "b@x.vn")]),
        ("Lê An\ta@x.vn\r\n\tb@x.vn\t", [("Lê An", "a@x.vn"), ("", "b@x.vn")]),
        ("Lê An\tPhó Giám đốc\ta@x.vn", [("Lê An, Phó Giám đốc", "a@x.vn")]),
        ("1\tLê An\ta@x.vn\tPhó Giám đốc", [("Lê An, Phó Giám đốc", "a@x.vn")]),
        ('"Lê ""Tí"", An"\ta@x.vn', [('Lê "Tí", An', "a@x.vn")]),
        ("STT\tHọ và tên\tChức vụ\tEmail\n1\tLê An\tPGĐ\ta@x.vn", [("Lê An, PGĐ", "a@x.vn")]),
        ("Lê An\ta@x.vn; b@x.vn", [("Lê An", "a@x.vn"), ("", "b@x.vn")]),
        ("a@x.vn b@x.vn <c@x.vn>;;", [("", "a@x.vn"), ("", "b@x.vn"), ("", "c@x.vn")]),
        ('"Lê An <a@x.vn>', [("Lê An", "a@x.vn")]),
        ("<a@x.vn>", [("", "a@x.vn")]),
        ("mailto:a@x.vn?subject=Họp", [("", "a@x.vn")]),
        ("Lê An <mailto:a@x.vn>", [("Lê An", "a@x.vn")]),
        ("Lê An [mailto:a@x.vn]", [("Lê An", "a@x.vn")]),
        ("a@x.vn<mailto:a@x.vn>", [("", "a@x.vn")]),
        ("'a@x.vn' <a@x.vn>", [("", "a@x.vn")]),
        ("Lê An<a@x.vn>", [("Lê An", "a@x.vn")]),
        ("Lê An - a@x.vn.", [("Lê An", "a@x.vn")]),
        ("To: Lê An <a@x.vn>; b@x.vn", [("Lê An", "a@x.vn"), ("", "b@x.vn")]),
        ("1. Lê An, a@x.vn\n- b@x.vn", [("Lê An", "a@x.vn"), ("", "b@x.vn")]),
        ("\ufeffa\u200b@x.vn", [("", "a@x.vn")]),
        ("İa <a@x.vn>", [("İa", "a@x.vn")]),
        ("nguyễn@x.vn; a@tỉnh.vn", [("", "nguyễn@x.vn"), ("", "a@tỉnh.vn")]),
    ],
)
def test_lists_are_read_as_meant(pasted: str, meant: People) -> None:
    assert people(read_guests(pasted)) == meant


@pytest.mark.parametrize(
    ("pasted", "unread", "count"),
    [
        ("Nam; An <a@x.vn>; b@x.vn", ("Nam",), 2),
        ("An a@x.vn b@x.vn", ("An a@x.vn b@x.vn",), 0),
        ("a@x.vn (phòng 2)", ("a@x.vn (phòng 2)",), 0),
        ("Trần Văn X, Phó Giám đốc\nb@x.vn", ("Trần Văn X, Phó Giám đốc",), 1),
        ("Lê An\tPhó Giám đốc\t", ("Lê An\tPhó Giám đốc",), 0),
        ("@; a@; @b", ("@", "a@", "@b"), 0),
    ],
)
def test_what_cannot_be_read_is_named(pasted: str, unread: tuple[str, ...], count: int) -> None:
    read = read_guests(pasted)
    assert read.unread == unread
    assert len(read.guests) == count


def test_who_is_listed_again_comes_once_and_is_named() -> None:
    read = read_guests("a@x.vn; A@X.VN; An <a@x.vn>; b@x.vn")
    assert people(read) == [("An", "a@x.vn"), ("", "b@x.vn")]
    assert read.repeated == ("a@x.vn",)


def test_who_is_there_already_is_no_new_guest() -> None:
    read = without({"a@x.vn"}, read_guests("A@x.vn\nb@x.vn\nb@x.vn"))
    assert people(read) == [("", "b@x.vn")]
    assert read.repeated == ("b@x.vn", "A@x.vn")


names = st.text(st.sampled_from("aăâbcđeêLêTrầnVăn ,;"), max_size=12).map(str.strip)
mails = st.from_regex(r"[a-z]{1,6}@[a-z]{1,6}\.vn", fullmatch=True)
lists = st.lists(st.tuples(names, mails), max_size=8, unique_by=lambda pair: pair[1])
parting = st.sampled_from([", ", "; ", ";", "\n", "\r\n"])


@given(lists, parting)
def test_what_a_mail_program_writes_is_read_back(listed: People, between: str) -> None:
    written = between.join(f'"{name}" <{mail}>' if name else mail for name, mail in listed)
    read = read_guests(written)
    assert [guest.email for guest in read.guests] == [mail for _name, mail in listed]
    assert read.unread == ()


@given(st.lists(st.tuples(st.text("Lê An,;", max_size=6), mails), unique_by=lambda p: p[1]))
def test_the_rows_of_a_table_are_read_back_in_any_order(rows: People) -> None:
    for turned in (False, True):
        lines = [f"{mail}\t{name}" if turned else f"{name}\t{mail}" for name, mail in rows]
        read = read_guests("\n".join(lines))
        assert [guest.email for guest in read.guests] == [mail for _name, mail in rows]
        assert read.unread == ()


@given(st.text("aB@.<>\"',;\t\n ()[]:?1đ", max_size=80))
def test_no_letter_is_lost_whatever_is_typed(text: str) -> None:
    read = read_guests(text)
    kept = "".join([*(g.email + g.name for g in read.guests), *read.unread, *read.repeated])
    assert set("aBđ") & set(text) <= set(kept.replace("A", "a") + kept.upper().replace("A", "a"))
    assert len({guest.key for guest in read.guests}) == len(read.guests)
    assert all(isinstance(guest, Guest) and "@" in guest.email for guest in read.guests)
