import hashlib
import logging
import os
import resource
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from canary import spotted

from addon import recorder as recording_module
from addon.recorder import Recorder
from analyzers.building import GOOD, SID, TOKEN, accepted, basic, refused
from analyzers.capture import diagnose_all
from analyzers.exchange import Exchange
from recordings.opening import open_recording
from recordings.redact import Redactor

EXCHANGES = (
    accepted(GOOD, at=1, body=b"To=%2B4915112345678&Body=Meet+Zdenka"),
    refused(basic(SID, TOKEN + b"\n"), at=2),
    refused(basic(TOKEN, SID), at=3, extra=((b"Cookie", b"a=" + TOKEN),)),
    refused(basic(b"your_account_sid", b"your_auth_token"), at=4),
    refused(None, at=5),
)
PLANTED = (TOKEN, b"4915112345678", b"Zdenka")


def given(exchange: Exchange) -> Callable[[], Exchange]:
    return lambda: exchange


def recorded(path: Path, exchanges: tuple[Exchange, ...] = EXCHANGES) -> Recorder:
    made = Recorder(str(path), b"k" * 32)
    for exchange in exchanges:
        made.add(given(exchange))
    return made


def causes(exchanges: tuple[Exchange, ...]) -> list[list[str] | None]:
    results = diagnose_all(exchanges, b"key")
    return [[one.cause for one in each.diagnosis.findings] if each.diagnosis else None for each in results]


def test_each_exchange_is_there_redacted_as_soon_as_it_is_added(tmp_path: Path) -> None:
    path = tmp_path / "a.mitm"
    made = Recorder(str(path), b"k" * 32)
    for count, exchange in enumerate(EXCHANGES, 1):
        made.add(given(exchange))
        assert len(open_recording(path).exchanges) == count
        assert spotted(path.read_bytes(), PLANTED) == []
    assert (made.written, made.lost) == (len(EXCHANGES), 0)
    assert causes(open_recording(path).exchanges) == causes(EXCHANGES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_equal_secrets_stay_equal_over_time(tmp_path: Path) -> None:
    recorded(tmp_path / "a.mitm", (refused(GOOD, at=1), refused(GOOD, at=2))).close()
    first, second = (each.request.first(b"authorization") for each in open_recording(tmp_path / "a.mitm").exchanges)
    assert first == second != GOOD


def test_an_older_recording_is_appended_to_and_becomes_private(tmp_path: Path) -> None:
    path = tmp_path / "a.mitm"
    path.touch(0o644)
    path.chmod(0o644)
    recorded(path).close()
    recorded(path).close()
    assert len(open_recording(path).exchanges) == 2 * len(EXCHANGES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(("exists", "left"), [(False, False), (True, True)])
def test_a_recording_of_nothing_leaves_no_new_file(*, exists: bool, left: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.mitm"
    if exists:
        path.touch()
    made = Recorder(str(path), b"k" * 32)
    made.close()
    made.close()
    assert path.exists() is left


def test_what_cannot_be_opened_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Recorder(str(tmp_path / "no" / "a.mitm"), b"k" * 32)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    told = [record.getMessage() for record in caplog.records]
    assert spotted("\n".join(told).encode(), PLANTED) == []
    return told


def test_what_fails_costs_one_line_and_the_exchange(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Exchange:
        raise ValueError(TOKEN.decode())

    path = tmp_path / "a.mitm"
    made = recorded(path)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            made.add(broken)
    made.add(given(refused(GOOD, at=9)))
    assert warnings(caplog) == [
        "why20003: an exchange could not be redacted (ValueError), so it is not recorded; more of these are not told"
    ]
    assert made.lost == 3
    assert len(open_recording(path).exchanges) == len(EXCHANGES) + 1


def test_an_exchange_in_which_something_is_left_is_not_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Redactor.redact

    def forgetful(self: Redactor, exchange: Exchange) -> Exchange:
        made = real(self, exchange)
        if exchange.started_at == EXCHANGES[2].started_at:
            return replace(made, request=replace(made.request, headers=exchange.request.headers))
        return made

    monkeypatch.setattr(Redactor, "redact", forgetful)
    path = tmp_path / "a.mitm"
    with caplog.at_level(logging.WARNING):
        made = recorded(path)
    assert (made.written, made.lost) == (len(EXCHANGES) - 1, 1)
    assert "held a part of a secret after it was redacted" in warnings(caplog)[0]
    assert spotted(path.read_bytes(), PLANTED) == []


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """A disk with so much room: no file can grow beyond it."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_is_one_warning_and_leaves_whole_flows(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a.mitm"
    made = recorded(path)
    size = path.stat().st_size
    with caplog.at_level(logging.WARNING), full_after(size + 1000):
        for at in range(3):
            made.add(given(refused(GOOD, at=10 + at)))
    assert len(warnings(caplog)) == 1
    assert "the recording cannot be written (File too large); the traffic goes on" in warnings(caplog)[0]
    assert path.stat().st_size == size
    made.add(given(refused(GOOD, at=20)))  # there is room again
    found = open_recording(path)
    assert (len(found.exchanges), found.truncated, found.errors) == (len(EXCHANGES) + 1, False, ())


def test_very_many_credentials_take_no_more_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_module, "_KEPT", 5)
    many = tuple(refused(basic(SID, os.urandom(16).hex().encode()), at=number) for number in range(20))
    made = recorded(tmp_path / "a.mitm", many)
    assert made.written == 20
    assert len(made._words) <= 5
    assert len(made._earlier) == len(made._words)


def test_a_device_keeps_its_mode_and_a_pipe_without_a_reader_is_an_error(tmp_path: Path) -> None:
    before = Path(os.devnull).stat().st_mode
    made = recorded(Path(os.devnull))
    made.close()
    assert (made.written, made.lost) == (len(EXCHANGES), 0)
    assert Path(os.devnull).stat().st_mode == before
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="No such device"):
        Recorder(str(tmp_path / "pipe"), b"k" * 32)


def test_the_file_is_private_from_the_first_byte_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Recorder(str(tmp_path / "a.mitm"), b"k" * 32)
        assert stat.S_IMODE((tmp_path / "a.mitm").stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_what_is_missing_is_said_at_the_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = recorded(tmp_path / "a.mitm")
    made.lost = 2
    with caplog.at_level(logging.WARNING):
        made.close()
        made.close()
    assert warnings(caplog) == ["why20003: 2 exchanges are missing from the recording"]


def hex_text(size: int) -> bytes:
    """Text in which, by chance, runs of any secret of hex digits stand."""
    return b"".join(hashlib.blake2b(b"%d" % at).hexdigest().encode() for at in range(1 + size // 128))[:size]


def test_a_long_body_costs_no_exchange_where_chance_makes_a_run_of_a_secret(tmp_path: Path) -> None:
    path = tmp_path / "a.mitm"
    bodies = [hex_text(60_000)[at:] for at in range(10)]
    made = recorded(path, tuple(refused(basic(SID, TOKEN), at=at, body=body) for at, body in enumerate(bodies)))
    assert (made.written, made.lost) == (10, 0)
    assert spotted(path.read_bytes(), (TOKEN,)) == []
    assert [len(each.request.body) for each in open_recording(path).exchanges] == [len(body) for body in bodies]


def test_very_many_secrets_cost_no_exchange(tmp_path: Path) -> None:
    """With enough of them five characters of an earlier one stand in the surrogate of every later one."""
    path = tmp_path / "a.mitm"
    tokens = [hashlib.md5(b"%d" % number, usedforsecurity=False).hexdigest().encode() for number in range(1200)]
    exchanges = [refused(basic(SID, token), at=number) for number, token in enumerate(tokens)]
    made = recorded(path, (*exchanges, *exchanges[:50], *[refused(GOOD, at=9000 + at) for at in range(5)]))
    assert (made.written, made.lost) == (1255, 0)
    found = [each.request.first(b"authorization") for each in open_recording(path).exchanges]
    assert len(set(found)) == 1201
    assert sum(one == other for one, other in zip(found[:50], found[1200:], strict=False)) >= 45


def test_another_key_is_tried_where_a_surrogate_holds_a_run_of_its_own_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = tmp_path / "a.mitm", Redactor.redact
    made = Recorder(str(path), b"k" * 32)
    first = made._redactors[0]

    def unlucky(self: Redactor, exchange: Exchange) -> Exchange:
        done = real(self, exchange)
        return replace(done, request=exchange.request) if self is first else done

    monkeypatch.setattr(Redactor, "redact", unlucky)
    made.add(given(refused(GOOD, at=1)))
    made.add(given(refused(GOOD, at=2)))
    one, other = (each.request.first(b"authorization") for each in open_recording(path).exchanges)
    assert one == other != GOOD
    assert spotted(path.read_bytes(), PLANTED) == []
