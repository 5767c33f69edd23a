"""What terminals, pages, mails and logs put into a text is taken out of it, and nothing else."""

import html
import io
import quopri
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from growth import assert_in_line
from hypothesis import given
from hypothesis import strategies as st
from judging import diagnoses
from wire_text import raw_text, verbose

from analyzers.building import GOOD, refused
from analyzers.exchange import Exchange
from recordings import curl, raw
from recordings.markup import Markup
from recordings.reading import Entry

ESCAPES = b"\x1b[1m%s\x1b[0m"
UNBROKEN = "\N{NO-BREAK SPACE}".encode()


def lf(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n")


TEXTS = {
    "raw": lf(raw_text(refused(), refused(b"Basic " + GOOD[7:]))),
    "curl": lf(verbose(refused(), refused(b"Basic " + GOOD[7:]))),
}


def each_line(dress: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return lambda text: b"".join(map(dress, text.splitlines(keepends=True)))


def on_names(form: bytes) -> Callable[[bytes], bytes]:
    """Every name of a header in that form, behind the marks of curl."""
    return lambda text: re.sub(
        rb"^([<>] )?([A-Za-z-]+)(?=: )", lambda found: (found[1] or b"") + form % found[2], text, flags=re.MULTILINE
    )


def on_authorization(pattern: bytes, form: bytes) -> Callable[[bytes], bytes]:
    return lambda text: re.sub(pattern, lambda found: form % found[0], text)


def as_httpie(text: bytes) -> bytes:
    """As HTTPie 3.2.4 prints it with --pretty=all (measured): each part of a first line, and the names."""
    plain = b"\x1b[39;49;00m"
    first = rb"^((?:[<>] )?)(POST|GET) (\S+) (HTTP)/(\S+)"
    colours = b"\\1\x1b[32m\\2%b \x1b[04m\x1b[36m\\3%b \x1b[34m\\4%b/\x1b[34m\\5%b" % ((plain,) * 4)
    text = re.sub(first, colours, text, flags=re.MULTILINE)
    return on_names(b"\x1b[36m%s" + plain)(text)


DRESSINGS: dict[str, Callable[[bytes], bytes]] = {
    "bold-names": on_names(ESCAPES),
    "grep --color": on_authorization(rb"uthorizatio", b"\x1b[01;31m\x1b[K%s\x1b[m\x1b[K"),
    "HTTPie": as_httpie,
    "tput": each_line(lambda line: b"\x1b[31m" + line.rstrip(b"\n") + b"\x1b(B\x1b[m\n"),
    "hyperlink": lambda text: on_names(ESCAPES)(text).replace(
        b"application/json", b"\x1b]8;;https://x.example\x1b\\application/json\x1b]8;;\x07"
    ),
    "GitHub Actions": each_line(lambda line: b"2026-05-01T12:00:00.1234567Z " + line),
    "kubectl logs --timestamps": each_line(lambda line: b"2026-05-01T12:00:00.123456789+02:00 " + line),
    "log-without-blanks-at-ends": each_line(lambda line: (b"2026-05-01T12:00:00Z " + line.rstrip()).rstrip() + b"\n"),
    "docker compose logs": each_line(lambda line: b"app-1        | " + line),
    "coloured log": each_line(lambda line: b"2026-05-01T12:00:00.1Z \x1b[36;1m" + line.rstrip(b"\n") + b"\x1b[0m\n"),
    "page": lambda text: html.escape(text.decode()).encode(),
    "page-with-its-blanks": lambda text: html.escape(text.decode()).replace(" ", "&nbsp;").encode(),
    "unbroken": lambda text: text.replace(b" ", UNBROKEN),
    "name": on_authorization(rb"Authorization", b"**%s**"),
    "name-and-colon": on_authorization(rb"Authorization:", b"**%s**"),
    "line": on_authorization(rb"Authorization: .*", b"**%s**"),
    "line-as-code": on_authorization(rb"Authorization: .*", b"`%s`"),
    "value": on_authorization(rb"Basic \S+", b"*%s*"),
    "credential": on_authorization(rb"(?<=Basic )\S+", b"***%s***"),
}


def read(text: bytes) -> list[Exchange]:
    reader = curl if curl.sniff(text) else raw
    assert reader.sniff(text)
    return [item.exchange for item in reader.items(io.BytesIO(text)) if isinstance(item, Entry)]


def said(text: bytes) -> list[tuple[str, str]]:
    found = diagnoses(read(text)).values()
    return [(one.top.cause, one.top.verdict.value) if one.top else ("", "") for one in found]


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize("dressing", DRESSINGS)
def test_the_exchanges_are_those_of_the_plain_text(form: str, dressing: str) -> None:
    dressed = DRESSINGS[dressing](TEXTS[form])

    assert dressed != TEXTS[form]
    assert [one.request for one in read(dressed)] == [one.request for one in read(TEXTS[form])]
    assert said(dressed) == said(TEXTS[form])


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("form", TEXTS)
def test_a_mail_whose_lines_are_short(form: str, end: bytes) -> None:
    mail = b"Content-Transfer-Encoding: quoted-printable\n\n" + quopri.encodestring(TEXTS[form])

    assert b"=\n" in mail
    assert [one.request for one in read(mail.replace(b"\n", end))] == [one.request for one in read(TEXTS[form])]


TOP = b"GET / HTTP/1.1\nHost: api.twilio.com\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TOP + b"Authorization: \x1b[32mBasic abc\x1b[0m\n\n", id="a-token-copied-with-its-colour"),
        pytest.param(TOP + b"Authorization: Basic" + UNBROKEN + b"abc\n\n", id="a-blank-copied-from-a-page"),
        pytest.param(TOP + b"X-Note: **bold**\nAuthorization: Basic abc\n\n", id="stars-in-another-header"),
        pytest.param(TOP + b"Authorization: Basic *****\n\n", id="overwritten"),
        pytest.param(TOP + b"Authorization: Basic abc***\n\n", id="overwritten-at-the-end"),
        pytest.param(TOP + b"Authorization: Basic **\n\n", id="two-stars"),
        pytest.param(TOP + b"Authorization: **Basic abc`\n\n", id="not-closed"),
        pytest.param(TOP + b"Authorization: Basic a&lt;b&gt;c\n\n", id="entities-in-a-value"),
        pytest.param(TOP + b"Authorization: Basic " + b"a" * 46 + b"==\n" + b"b" * 44 + b"\n\n", id="two-halves"),
        pytest.param(TOP + b"Authorization: Basic " + b"a" * 53 + b"=\n\n" + b"b" * 44, id="empty-line-behind"),
        pytest.param(TOP + b"Authorization: Basic " + b"a" * 53 + b"=\nX: y\n\n", id="header-behind"),
        pytest.param(b"2026-05-01T12:00:00Z status 401\n2026-05-01T12:00:01Z done\n", id="a-log-of-something-else"),
        pytest.param(b"a  | b\nGET / HTTP/1.1\n", id="a-table"),
        pytest.param(TOP + b"\n\x1b[1", id="half-a-colour"),
        pytest.param(TOP + b"\n\n\x1b[5A\x1b[2J", id="other-escapes"),
    ],
)
def test_what_may_have_been_sent_stays(text: bytes) -> None:
    assert Markup().without(text, last=True) == text


def test_only_colours_links_and_the_character_set_are_taken_out() -> None:
    text = b"\x1b[1mA\x1b[0m: \x1b[5Ab\x1b]0;title\x07c\x1b]8;;\x07d\n"

    assert Markup().without(text) == b"A: \x1b[5Ab\x1b]0;title\x07cd\n"


@given(st.binary(), st.binary())
def test_without_a_sign_nothing_is_changed_or_held_back(first: bytes, second: bytes) -> None:
    text = re.sub(rb"[\x1b&*`|\xc2=]|\d{4}-", b"", first + second)
    markup = Markup()

    assert markup.without(text[: len(first)]) == text[: len(first)]
    assert markup.without(text[len(first) :]) == text[len(first) :]
    assert markup.without(b"", last=True) == b""


@given(st.sampled_from(sorted(DRESSINGS)), st.sampled_from(sorted(TEXTS)), st.lists(st.integers(0, 3000), max_size=9))
def test_it_makes_no_difference_where_a_text_is_cut_behind_its_first_sign(
    dressing: str, form: str, cuts: list[int]
) -> None:
    text = DRESSINGS[dressing](TEXTS[form])
    first = re.search(rb"uthorizatio.*\n", text, re.IGNORECASE)
    assert first is not None
    places = [0, *sorted(min(first.end() + cut, len(text)) for cut in cuts), len(text)]
    markup = Markup()

    pieces = [markup.without(text[begin:end]) for begin, end in pairwise(places)]

    assert b"".join(pieces) + markup.without(b"", last=True) == Markup().without(text, last=True)


def test_a_line_that_does_not_end_is_not_waited_for() -> None:
    markup = Markup()
    markup.without(b"\x1b[1mHost\x1b[0m: a\n")

    assert markup.without(b"x" * (1 << 20)) == b""
    assert markup.without(b"\x1b[0mx") == b"x" * ((1 << 20) + 1)
    assert markup.without(b"", last=True) == b""


HOSTILE = {
    "stars": b"*",
    "escapes": b"\x1b[",
    "colours": b"\n\x1b[1m",
    "numbers": b"\x1b[00000000000",
    "links": b"\n\x1b[m\x1b]8;aaaa",
    "entities": b"\n&gt; GET /&",
    "names": b"Authorization:",
    "names-with-stars": b"Authorization: *",
    "names-in-stars": b"*Authorization",
    "lines": b"Authorization: *a\n",
    "blanks": b" ",
    "words": b"a   ",
    "bars": b"a   |",
    "marks": b"> ",
    "unbroken": b"\n>" + UNBROKEN,
    "dates": b"2026-05-01T12:00:00Z",
    "equals": b"\nauthorization: " + b"a" * 58 + b"=",
    "ticks": b"` ",
}


HINTS = b"& = \x1b[m " + UNBROKEN
"""What has to stand somewhere before a kind is looked for at all."""


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_take_no_time(unit: bytes) -> None:
    assert_in_line(
        lambda text: Markup().without(text, last=True), lambda size: unit * (size // len(unit)) + HINTS, 1 << 20
    )
