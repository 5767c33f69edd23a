"""The page as bytes: complete, safe, bounded, the same each time. How it looks is for test_browser.py."""

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import chromium
import pytest
from live import leaked
from renderings import BENIGN, DIAGNOSIS
from report_pages import CHECKLIST, Read, facts, page, page_of, recorded, sample
from sample_clients import FROM, TO
from test_samples import EVERY_SECRET, NAMES, SAMPLES

from analyzers.building import GOOD, SID, TOKEN, accepted, basic, refused
from analyzers.exchange import Exchange, Headers, Response
from analyzers.findings import Evidence, Finding, Verdict
from recordings.opening import open_recording
from recordings.redact import Redactor, leaks
from why20003.report import Facts, Recorded, report
from why20003.report import page as page_module
from why20003.report.raw import raw_of

LONG = "z" * 11_000


def policy(text: str) -> str:
    [found] = [attrs["content"] for _, attrs in Read(text).tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert found is not None
    return found


def digest(source: str) -> str:
    return base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


# --- what must be there -----------------------------------------------------------------------------------------------


def test_the_verdict_and_the_fix_stand_first() -> None:
    text = page(sample("stray-characters"))
    words = Read(text[text.index("<main") : text.index("</main>")]).words

    order = [
        "Confirmed",
        "stray-characters",
        "The password has extra characters",
        "Fix",
        "Trim the password",
        "The call",
    ]
    places = [words.index(part) for part in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "part",
    [
        "The call",
        "Where the Authorization header went",
        "The header, byte by byte",
        "Evidence",
        "Each credential over time",
        "Every cause that was looked at",
        "Text for a ticket",
        "Raw exchange, redacted: Entry 1, the refused one",
        "Raw exchange, redacted: Entry 0, which belongs to it",
        "3 of 4",
        "Authorization dropped",
        "● Authorization sent: Basic, sec#1",
        "unencrypted",
        "2026-11-21",
        "why20003 0",
        "the recording does not say",
        "To settle:",
    ],
)
def test_every_part_is_there(part: str) -> None:
    assert part in Read(page(sample("stripped-on-redirect-post"))).words


def test_the_ladder_has_every_cause() -> None:
    found = sample("account-mismatch")
    [(diagnosis, _)] = found.diagnoses
    words = Read(page(found)).words

    assert [f.cause for f in diagnosis.findings if f"{f.cause} {f.says}" not in words] == []
    assert [slug for slug, because in diagnosis.ruled_out if f"{slug} {because}" not in words] == []
    assert [slug for slug, settle in diagnosis.unknown if f"{slug} To settle: {settle}" not in words] == []


def test_a_note_and_complaints_are_told() -> None:
    found = recorded([refused()], complaints=("entry 3: request.url: expected a URL",))
    words = Read(page(found, note="Is sec#1 the one in the <Console>?")).words

    assert "Is sec#1 the one in the <Console>?" in words
    assert "entry 3: request.url: expected a URL" in words


def test_what_is_missing_for_the_specialist_stands_first() -> None:
    words = Read(page(sample("stray-characters"))).words

    assert words.index("TLS issuer and version missing") < words.index("UTC times there")


def test_without_a_checklist_or_a_time_there_is_none() -> None:
    text = "".join(report(Facts(recordings=[sample("stray-characters")])))

    assert "specialist" not in text
    assert Read(text).faults == []


def test_without_exchanges_what_needs_them_is_left_out() -> None:
    words = Read(page(sample("stripped-on-redirect-post", told=False))).words

    assert "Raw exchange" not in words
    assert "over time" not in words
    assert "Drawn from the diagnosis alone" in words
    assert "Every cause that was looked at" in words


def test_nothing_refused_is_said() -> None:
    assert "Nothing was refused" in Read(page(sample("ok"))).words


def test_a_benign_refusal_is_no_fault() -> None:
    words = Read(page(sample("challenge-first-client"))).words
    assert "✓ Nothing wrong" in words
    two = Recorded(name="a", heading="", diagnoses=[(replace(DIAGNOSIS, findings=(BENIGN,), benign=True), (1,))] * 2)
    assert "Nothing is wrong" in Read(page(two)).words


def test_an_unexplained_refusal_is_told() -> None:
    found = Recorded(name="a", heading="", diagnoses=[(replace(DIAGNOSIS, findings=(), drawing=None), (1,))])
    words = Read(page(found)).words

    assert "? Unexplained" in words
    assert "Nothing in this capture shows why" in words


def test_a_check_that_failed_is_told() -> None:
    broken = replace(DIAGNOSIS, unknown=(("half-empty", "look"),), crashed=(("half-empty", "KeyError"),))

    assert (
        "The check itself failed (KeyError)"
        in Read(page(Recorded(name="a", heading="", diagnoses=[(broken, (1,))]))).words
    )


# --- several ----------------------------------------------------------------------------------------------------------


def several(number: int, *, cause: str = "stray-characters") -> list[tuple[object, tuple[int, ...]]]:
    finding = Finding(cause, Verdict.CONFIRMED, f"says {cause}", (Evidence("history", "x"),))
    return [(replace(DIAGNOSIS, index=place, findings=(finding,)), (place,)) for place in range(number)]


def test_several_have_a_table_with_links() -> None:
    text = page(sample("stripped-by-intermediary"), sample("feature-gate"))
    read = Read(text)

    links = [attrs["href"] for tag, attrs in read.tags if tag == "a"]
    ids = {attrs.get("id") for _, attrs in read.tags}
    assert {"#refusal-1", "#refusal-2", "#refusal-3"} <= set(links)
    assert [link for link in links if link is None or link[1:] not in ids] == []
    assert "3 refusals, 2 causes" in read.words
    assert read.words.index("3 refusals") < read.words.index("Where the Authorization header went")


def test_a_page_is_not_flooded_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "TOLD", 3)
    monkeypatch.setattr(page_module, "LISTED", 5)
    rows = [*several(9), *several(1, cause="half-empty")]
    found = Recorded(name="a", heading="", diagnoses=rows, more=40)  # type: ignore[arg-type] # `replace` is untyped
    read = Read(page(found))

    assert len(read.having("article")) == 3
    assert "says half-empty" in read.words, "the first of every cause is told"
    assert "45 more refusals not listed here" in read.words
    assert "3 refusals are told in full below" in read.words
    assert "47 others are left out" in read.words
    assert "50 refusals, 2 causes" in read.words


def test_every_id_is_unique_and_every_reference_leads_somewhere() -> None:
    read = Read(page(*(sample(name) for name in ("stripped-by-intermediary", "stray-characters", "feature-gate"))))

    ids = [attrs["id"] for _, attrs in read.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    told = {name for _, attrs in read.tags for name in (attrs.get("aria-labelledby") or "").split()}
    assert told <= set(ids)


@pytest.mark.parametrize("names", [["stray-characters"], ["stray-characters", "feature-gate"]], ids=["one", "two"])
def test_headings_are_in_order(names: list[str]) -> None:
    levels = [int(tag[1]) for tag, _ in Read(page(*map(sample, names))).tags if re.fullmatch("h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


# --- what must not be -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_of_a_sample_is_on_its_page(name: str) -> None:
    exchanges = open_recording(SAMPLES[NAMES.index(name)]).exchanges
    redactor = Redactor(b"k" * 32)
    for exchange in exchanges:
        redactor.learn(exchange)

    whole, alone = (page(sample(name, told=told)) for told in (True, False))

    assert leaked(whole, *EVERY_SECRET, TO, FROM) == []
    assert leaked(alone, *EVERY_SECRET, TO, FROM) == []
    # Of what is personal only what is no word: a sentence of ours may hold any word that somebody else wrote too.
    found = leaks(Read(whole).words.encode(), redactor.secrets())
    assert [leak for leak in found if leak.which.startswith("credential")] == []


def test_what_is_drawn_hides_secrets_even_of_exchanges_nobody_redacted() -> None:
    """The raw exchange is the caller's; all else must not need it."""
    text = page_of(refused(basic(SID, TOKEN + b"\n")), accepted(GOOD, at=1.0))
    drawn = text[: text.index("Raw exchange, redacted")]

    assert leaked(drawn, TOKEN.decode(), base64.b64encode(SID + b":" + TOKEN)[48:].decode()) == []


def test_the_page_allows_its_own_style_and_script_and_nothing_else() -> None:
    text = page(sample("stripped-on-redirect-post"))
    read = Read(text)
    style = text[text.index("<style>") + 7 : text.index("</style>")]
    script = text[text.index("<script>") + 8 : text.index("</script>")]

    assert policy(text) == (
        f"default-src 'none'; style-src 'sha256-{digest(style)}'; script-src 'sha256-{digest(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert {tag for tag, _ in read.tags}.isdisjoint(
        {"img", "iframe", "form", "object", "embed", "base", "button", "use"}
    )
    assert [attrs for tag, attrs in read.tags if "src" in attrs or "style" in attrs or "xlink:href" in attrs] == []
    assert [name for _, attrs in read.tags for name in attrs if name.startswith("on")] == []
    outside = [attrs["href"] for tag, attrs in read.tags if "href" in attrs and not str(attrs["href"]).startswith("#")]
    assert [str(each)[:19] for each in outside] == ["data:image/svg+xml,"]
    assert "url(" not in style
    assert "@import" not in style
    assert (len(read.having("style")), len(read.having("script"))) == (1, 1)


@pytest.mark.parametrize("name", ["stripped-on-redirect-chain", "base64-alphabet", "two-secrets-in-use", "ok"])
def test_equal_facts_give_equal_bytes(name: str) -> None:
    assert page(sample(name)) == page(sample(name))
    assert Read(page(sample(name))).faults == []


NASTY = "<script>alert(1)</script></title></style>\"' onload=x &amp; {{ 7*7 }} \u202eabc\u200b\x1b[2J\ud800"


def test_nothing_breaks_out() -> None:
    finding = Finding("half-empty", Verdict.LIKELY, NASTY, (Evidence("request.headers", NASTY),), (NASTY,), NASTY)
    odd = replace(
        DIAGNOSIS, method=NASTY, url=NASTY, message=NASTY, client=NASTY, findings=(finding,), drawing=(NASTY, "^")
    )
    odd = replace(odd, ruled_out=((NASTY, NASTY),), unknown=((NASTY, NASTY),))
    checklist = [replace(CHECKLIST[0], name=NASTY, detail=NASTY)]
    found = Recorded(name=NASTY, heading=NASTY, diagnoses=[(odd, (1,))], complaints=(NASTY,), proxy=NASTY)
    text = "".join(
        report(replace(facts(found, note=NASTY, checklist=checklist), title=NASTY, versions=((NASTY, NASTY),)))
    )
    read = Read(text)

    assert read.faults == []
    assert len(read.having("script")) == 1
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ud800-\udfff]", text) == []
    assert "\\u202eabc\\u200b\\x1b[2J\\ud800" in read.words
    assert "49" not in read.words.replace("1795240000", "")
    text.encode()


def test_nothing_on_the_wire_breaks_out() -> None:
    headers: Headers = ((b"X-<b>", b"</pre><script>"), (b"\xff\x00", b"\xe2\x80\xae\r\n"))
    answer = Response(status=401, reason="</code>", headers=headers, body=b"<img src=x onerror=y>\x00\xff" * 5)
    odd = refused(
        b"Basic <script>\x1b\xff", path=b"/</svg><script>", host="<i>.twilio.com", extra=headers, answer=answer
    )
    read = Read(page_of(replace(odd, response=answer), refused()))

    assert read.faults == []
    assert {tag for tag, _ in read.tags}.isdisjoint({"img", "i"})
    assert len(read.having("script")) == 1


# --- what must stay small ---------------------------------------------------------------------------------------------


def test_a_megabyte_in_a_header_and_64_kb_of_body_are_cut_with_a_count() -> None:
    huge = (b"X-Long", b"v" * 1_000_000)
    text = page_of(refused(basic(SID, b"s" * 1_000_000), extra=(huge,), body=b"b" * 65536))

    assert len(text) < 250_000
    assert "998,000 more bytes)" in text
    assert "59,536 more bytes)" in text
    assert "v" * 2001 not in text


def test_a_long_text_of_a_diagnosis_is_cut_with_a_count() -> None:
    finding = Finding("half-empty", Verdict.CONFIRMED, LONG, (Evidence("history", LONG),), (LONG,))
    text = page(Recorded(name="a", heading="", diagnoses=[(replace(DIAGNOSIS, findings=(finding,), url=LONG), (1,))]))

    assert "(3,000 more characters)" in text
    assert "z" * 8001 not in text


@pytest.mark.parametrize(
    ("exchange", "part"),
    [
        pytest.param(refused(body=b"To=%2B1&Body=hi"), "To=%2B1&Body=hi", id="text"),
        pytest.param(refused(body=b"\x00\xff\x01" * 100), "(300 bytes, not text)", id="binary"),
        pytest.param(refused(extra=((b"X", b"y"),) * 300), "… (103 more header lines)", id="many-headers"),
        pytest.param(refused(b"Basic a\r\n b"), "Authorization: Basic a\r\n b", id="line-break"),
        pytest.param(refused(b"\xff"), "Authorization: \\xff", id="no-utf-8"),
    ],
)
def test_a_raw_exchange_is_told_line_by_line(exchange: Exchange, part: str) -> None:
    assert part in raw_of("a", exchange).request


def test_no_answer_is_no_response() -> None:
    assert raw_of("a", replace(refused(), response=None)).response == ()


def test_why_a_browser_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(chromium, "PROGRAM", str(tmp_path / "chromium"))

    assert "tests/chromium.sh installs it" in chromium.why_not()
