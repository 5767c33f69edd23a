"""The pages: every part is there, none is lost, and none shows a secret."""

import base64
import re
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.advice import ADVICE
from analyzers.building import KEY, KEY_SECRET, OTHER_SID, SID, TOKEN
from analyzers.case import case_of
from analyzers.credential import Bearer, Broken, Other, pair_of
from analyzers.example import short
from analyzers.exchange import Exchange
from analyzers.masking import is_secret
from analyzers.page import HEADINGS, Page, Section, advice_page, all_pages, sections_of
from analyzers.registry import RULES

PAGES = all_pages()
RULE_OF = {rule.slug: rule for rule in RULES}
CAUSES = [page for page in PAGES if page.slug in RULE_OF]

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
each_cause = pytest.mark.parametrize("page", CAUSES, ids=lambda page: page.slug)


DOCSTRING = """What it does: looks at one thing
and at another.

A second paragraph.

Why it fails: twilio-go does so.
Cannot see:
- one thing
- another,
  which goes on

Fix: do it. Source: is no heading here.
Source: docs (read 2026-11-20)
"""


def test_a_docstring_is_taken_apart() -> None:
    assert sections_of(DOCSTRING) == (
        Section("What it does", ("Looks at one thing and at another.", "A second paragraph.")),
        Section("Why it fails", ("twilio-go does so.",)),
        Section("Cannot see", ("- one thing", "- another, which goes on")),
        Section("Fix", ("Do it. Source: is no heading here.",)),
        Section("Source", ("Docs (read 2026-11-20)",)),
    )


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        pytest.param("", (), id="empty"),
        pytest.param("no heading at all", (Section("", ("No heading at all",)),), id="no-heading"),
        pytest.param("a lead\n\nFix: do it", (Section("", ("A lead",)), Section("Fix", ("Do it",))), id="a-lead"),
        pytest.param(
            "\n  What it does: see it\n\n  Fix: do it\n",
            (Section("What it does", ("See it",)), Section("Fix", ("Do it",))),
            id="indented",
        ),
        pytest.param("Fix:\n\nSource: one page", (Section("Source", ("One page",)),), id="empty-section"),
        pytest.param("fix: do it", (Section("", ("fix: do it",)),), id="another-spelling"),
    ],
)
def test_an_odd_docstring_still_gives_its_text(text: str, sections: tuple[Section, ...]) -> None:
    assert sections_of(text) == sections


@given(st.text(alphabet="What it does:Fix \n-*", max_size=60))
def test_no_word_of_a_docstring_is_lost(text: str) -> None:
    kept = " ".join(f"{section.heading}: {' '.join(section.paragraphs)}" for section in sections_of(text))

    for word in re.sub(rf"^\s*(?:{'|'.join(HEADINGS)}):", "", text, flags=re.MULTILINE).split():
        assert word.lower() in kept.lower()


@each_cause
def test_the_page_of_a_cause_says_what_to_do(page: Page) -> None:
    assert page.steps
    assert page.settle


@each_cause
def test_who_explains_whom_agrees(page: Page) -> None:
    by_slug = {each.slug: each for each in CAUSES}
    assert all(page.slug in by_slug[other].explained_by for other in page.explains)
    assert all(page.slug in by_slug[other].explains for other in page.explained_by)


@each_page
def test_every_page_has_all_parts(page: Page) -> None:
    assert tuple(section.heading for section in page.sections) == HEADINGS
    for section in page.sections:
        for paragraph in section.paragraphs:
            assert paragraph == " ".join(paragraph.split())
            assert "to be written" not in paragraph.lower()


def secrets_of(exchange: Exchange) -> set[bytes]:
    """All that must never be shown of an exchange: secrets, and Authorization values as they stand on the wire."""
    found = set(case_of(exchange).secrets) | {TOKEN, KEY_SECRET}
    for credential in case_of(exchange).credentials:
        pair = pair_of(credential)
        if pair:
            found |= {half for half in (pair.username, pair.password) if is_secret(half)}
        match credential:
            case Bearer(token=token):
                found.add(token)
            case Broken(decoded=decoded):
                found.add(decoded)
            case Other(rest=rest):
                found.add(rest)
    found |= {
        run for value in exchange.request.values(b"authorization") for run in re.findall(rb"[\w+/=.-]{20,}", value)
    }
    for name, value in exchange.request.headers:
        if b"auth" in name.lower() or name.lower() == b"cookie":
            found |= set(re.findall(rb"[A-Za-z0-9+/=]{20,}", value))
    found |= {base64.b64encode(secret) for secret in (TOKEN, KEY_SECRET)}
    return found


def pieces(secret: bytes) -> set[str]:
    """Every eight characters of a secret in a row; SIDs and words are no secrets."""
    text = re.sub(r"[A-Z]{2}[0-9a-fA-F]{32}", " ", secret.decode("latin-1"))
    return {text[at : at + 8] for at in range(len(text) - 7)}


SIDS = tuple(sid.decode() for sid in (SID, OTHER_SID, KEY))
CANARIES = frozenset(
    piece
    for each in RULES
    for exchange in (*each.hit(), *each.miss())
    for secret in secrets_of(exchange)
    for piece in pieces(secret)
    if re.fullmatch(r"[A-Za-z0-9+/=_-]{8}", piece) and not piece.isalpha() and not any(piece in sid for sid in SIDS)
)
SHARP = frozenset(secret.decode()[at : at + 5] for secret in (TOKEN, KEY_SECRET) for at in range(28))


def test_there_are_canaries() -> None:
    assert len(CANARIES) > 500
    assert TOKEN.decode()[:8] in CANARIES


@each_page
def test_no_page_shows_a_secret(page: Page) -> None:
    shown = repr(asdict(page))
    leaked = [at for at in range(len(shown) - 7) if shown[at : at + 8] in CANARIES or shown[at : at + 5] in SHARP]

    assert not leaked, f"a secret is shown at {leaked[:3]}"


def test_sids_are_shortened() -> None:
    assert short(f"a {SID.decode()} b") == "a AC0011…eeff b"


def test_pages_are_the_same_every_time() -> None:
    assert all_pages() == PAGES


def test_advice_is_a_page_without_an_example() -> None:
    page = advice_page(ADVICE[0])

    assert (page.slug, page.title) == (ADVICE[0].slug, ADVICE[0].title)
    assert page.example is None
    assert page.section("Fix")
    assert page.section("no such heading") == ()
