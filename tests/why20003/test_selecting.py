from dataclasses import replace

import pytest

from analyzers.building import GOOD, accepted, redirected, refused
from analyzers.exchange import Exchange, Response
from why20003 import selecting
from why20003.selecting import NEAR, Related, Selection


def foreign(host: str = "shop.example", path: bytes = b"/cart", **options: object) -> Exchange:
    """A call that has nothing to do with Twilio."""
    made = accepted(None, host=host, path=path, **options)
    request = replace(made.request, headers=((b"Host", host.encode()), (b"Accept", b"*/*")))
    return replace(made, request=request, response=Response(status=200, headers=((b"Server", b"nginx"),), body=b"{}"))


def leading(where: bytes, host: str = "shop.example") -> Exchange:
    return replace(foreign(host), response=Response(status=302, headers=((b"Location", where),)))


TWILIO = b"https://api.twilio.com/2010-04-01/Accounts.json"


@pytest.mark.parametrize(
    ("exchanges", "related"),
    [
        pytest.param([accepted(GOOD)], [True], id="twilio"),
        pytest.param([foreign()], [False], id="another"),
        pytest.param([foreign("api.twillio.com")], [True], id="misspelt"),
        pytest.param([foreign("mytwilio.example")], [True], id="named-after-it"),
        pytest.param([refused(GOOD, host="gateway.example")], [True], id="answered-by-twilio"),
        pytest.param([foreign("gateway.example", b"/2010-04-01/Accounts/x.json")], [True], id="gateway"),
        pytest.param([leading(TWILIO)], [True], id="redirect-to-twilio"),
        pytest.param([leading(b"https://other.example/")], [False], id="redirect-elsewhere"),
        pytest.param(
            [redirected(GOOD, b"https://media.example/x"), foreign("media.example"), foreign("other.example")],
            [True, True, False],
            id="redirect-from-twilio",
        ),
        pytest.param([leading(b"https://b.example/"), foreign("b.example")], [False, False], id="foreign-chain"),
        pytest.param([leading(b"http://[")], [False], id="no-url"),
    ],
)
def test_what_has_to_do_with_twilio(exchanges: list[Exchange], related: list[bool]) -> None:
    judge = Related()
    assert [judge.is_related(each) for each in exchanges] == related


def selected(count: int, wanted: set[int], *, only: bool = False) -> list[int]:
    selection = Selection(wanted, only=only)
    for place in range(count):
        selection.take(place, refused(GOOD) if place in wanted else accepted(GOOD))
    return sorted(selection.kept)


def test_few_are_all_kept() -> None:
    assert selected(50, {3}) == [*range(50)]


def test_only_what_was_asked_for_is_kept_whatever_it_is() -> None:
    assert selected(50, {3, 7}, only=True) == [3, 7]
    selection = Selection({0}, only=True)
    selection.take(0, foreign())
    assert [*selection.kept] == [0]


def test_of_many_those_near_a_refusal_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selecting, "MOST", 100)
    kept = selected(1000, {300, 900})
    near = {place for wanted in (300, 900) for place in range(wanted - NEAR, wanted + NEAR + 1)}
    assert {300, 900} <= {*kept} <= near
    assert len(kept) > NEAR


def test_of_very_many_refusals_the_first_ones_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selecting, "MOST", 100)
    assert selected(1000, {*range(1000)}) == [*range(100)]


def test_large_ones_count_by_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selecting, "MOST_BYTES", 10_000)
    selection = Selection({0}, only=False)
    for place in range(100):
        selection.take(place, accepted(GOOD, body=b"x" * 1000))
    assert len(selection.kept) < 20
    assert 0 in selection.kept
