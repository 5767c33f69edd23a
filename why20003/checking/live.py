"""Try a login out: which request, by which way, and what its answer says."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from analyzers.capture import Capture
from analyzers.diagnosis import Diagnosis
from analyzers.expected import Expected
from analyzers.frozen import dataclass
from analyzers.preflight import Login
from why20003.checking.sending import Way, request_of, sent, way_to
from why20003.checking.target import Target


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it."""

    method: str
    url: str
    """Nothing but SIDs in it."""
    status: int | None
    """None without an answer."""
    error: str
    """Why there is none; empty where one came."""
    diagnosis: Diagnosis | None
    """Why it was refused; None where it was not, or nothing can be said."""

    @property
    def accepted(self) -> bool | None:
        """Whether Twilio took the credentials; None where the answer says nothing about them."""
        if self.diagnosis is not None and not self.diagnosis.benign:
            return False
        return True if self.status is not None and self.status < 400 else None


def objection(login: Login | None) -> str:
    """Why nothing can be tried; empty where something can."""
    if login is None:
        return "nothing to log in with: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or an API key and its secret"
    if not login.host:
        return "no request is sent to a region or an edge that Twilio does not document"
    if not login.path:
        return "an API key is tried on the messages of its account: set TWILIO_ACCOUNT_SID as well"
    return ""


def url_of(login: Login) -> str:
    """What will be asked for."""
    return f"https://{login.host}{login.path}"


def tried(login: Login, expected: Sequence[Expected], way: Way) -> Tried:
    """Send the one request, and judge its answer."""
    exchange = sent(request_of(login), way)
    diagnosis = Capture(secrets.token_bytes(32), expected=expected).add(exchange).diagnosis
    status = exchange.response.status if exchange.response else None
    return Tried("GET", url_of(login), status, exchange.error or "", diagnosis)


@contextmanager
def way(login: Login, target: Target) -> Iterator[Way]:
    """The way to `target`, as long as it is there. Raises ValueError where there is none that can be used."""
    if target is Target.TWILIO:
        yield way_to(login.host)
        return
    from tempfile import TemporaryDirectory

    from why20003.demo.play import DemoError, sandbox

    try:
        with TemporaryDirectory(prefix="why20003-check-") as folder, sandbox(Path(folder)) as (port, trusted):
            yield Way(("127.0.0.1", port), trusted=trusted)
    except DemoError as error:
        raise ValueError(str(error)) from None


__all__ = ["Tried", "objection", "tried", "url_of", "way"]
