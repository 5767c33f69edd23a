import pytest

from why20003.sandbox.certificates import Authority


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def test_one_context_for_each_name(authority: Authority) -> None:
    assert authority.context("api.twilio.com") is authority.context("API.twilio.com")
    assert authority.context("api.twilio.com") is not authority.context("verify.twilio.com")


@pytest.mark.parametrize("name", ["", "127.0.0.1", "[::1]", "a..b", "-", "%" * 300, "x" * 400, "ä", "*", "a b", "\0"])
def test_every_name_has_a_context(authority: Authority, name: str) -> None:
    authority.context(name)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority()
    monkeypatch.setattr("why20003.sandbox.certificates._MOST_NAMES", 2)
    for number in range(4):
        authority.context(f"{number}.example")
    assert len(authority._contexts) <= 2
