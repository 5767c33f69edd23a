"""What a 2xx elsewhere in a capture proves for a refusal, and how to tell of it.

Every answer here rests on the fields of `Bearing`, never on the order in which exchanges were recorded.
"""

import math
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from analyzers.bearing import Sighting
from analyzers.case import Case, once
from analyzers.client import client_of
from analyzers.credential import Basic, Bearer, Broken
from analyzers.endpoint import Endpoint, endpoint_of
from analyzers.exchange import Request
from analyzers.twilio import (
    CODE_REFUSED,
    NOT_API_HOSTS,
    PROCESSING_REGIONS,
    TEXT_LACK,
    TEXT_NO_CREDENTIALS,
    Kind,
    core_of,
    gate_of,
    kind_of,
    speaks_of_credentials,
)

UNAUTHORIZED = 401
# Texts for a request whose credentials never arrived: docs/facts.md 1.1 (read 2026-11-20)
_NOTHING_ARRIVED = frozenset({TEXT_NO_CREDENTIALS.casefold(), TEXT_LACK.casefold()})
# https://www.twilio.com/docs/iam/api/account (read 2026-11-20)
_INACTIVE = frozenset({"suspended", "closed"})
_SECRETS = frozenset({Kind.HEX_32, Kind.ALNUM_32, Kind.TEXT})
_ADDRESS = re.compile(r"[0-9a-fA-F.:]{2,45}")
# product, edge and region: docs/facts.md 3.1 to 3.3; any other name may hold what must not be shown
_HOST = re.compile(r"[a-z][a-z-]{0,20}(?:\.[a-z][a-z-]{1,20})?(?:\.[a-z]{2,3}\d?)?\.twilio\.com")
_BLANK = Request(method="", scheme="https", host="", port=443, target=b"/", headers=())
"""What stands for a request of which only the host or the User-Agent is known."""


# --- how the answer reads -----------------------------------------------------------------------------------------
@once
def refused_plainly(case: Case) -> bool:
    """Whether Twilio itself answered with a 401 that can be about credentials: no other code, no reason of its own."""
    answer = case.answer
    if answer is None or not answer.by_twilio or answer.status != UNAUTHORIZED:
        return False
    return answer.code in {CODE_REFUSED, UNAUTHORIZED, None} and not (gate_of(answer.message) or gate_of(answer.detail))


@once
def blames_credentials(case: Case) -> bool:
    """Whether Twilio's own 20003 blames credentials that it got: the text says so, and names no other reason."""
    if not refused_plainly(case) or case.answer is None or case.answer.code != CODE_REFUSED:
        return False
    return speaks_of_credentials(case.text) and case.text.strip(" .").casefold() not in _NOTHING_ARRIVED


def text_unread(case: Case) -> bool:
    """Whether Twilio's 401 came without a text, or the recording has none: then no other reason is excluded."""
    return refused_plainly(case) and not case.text


def well_sent(case: Case) -> bool:
    """Whether one Authorization header was sent, in a form that any server reads or that was accepted before."""
    match case.credentials:
        case (Basic() | Bearer(),):
            return True
        case (Broken(faults=faults, pair=pair),):
            return pair is not None and case.bearing.flaws_accepted.issuperset(fault.flaw for fault in faults)
        case _:
            return False


@once
def well_shaped(case: Case) -> bool:
    """Whether the one header is strict Basic with a SID that may log in and a secret that shows no fault."""
    match case.credentials:
        case (Basic(pair=pair),):
            whole = core_of(pair.password) == (0, len(pair.password))
            login = kind_of(pair.username) in {Kind.ACCOUNT_SID, Kind.KEY_SID}
            return login and whole and kind_of(pair.password) in _SECRETS
        case _:
            return False


@once
def expired(case: Case) -> bool:
    """Whether the Bearer token says that it had expired when the answer was made."""
    credential, response = case.credential, case.exchange.response
    if not isinstance(credential, Bearer) or credential.jwt is None or response is None:
        return False
    expires = case.tokens[0].number("exp")
    try:
        date = parsedate_to_datetime((response.first(b"date") or b"").decode("latin-1"))
        return expires is not None and expires < date.timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return False


def inactive(case: Case) -> bool:
    """Whether an Account resource of this capture says that the account is suspended or closed."""
    return case.bearing.account_status in _INACTIVE


# --- what was accepted --------------------------------------------------------------------------------------------
@once
def successes(case: Case) -> tuple[Sighting, ...]:
    """Every known 2xx of the very same credential at a REST API host."""
    bearing = case.bearing
    found = (*bearing.accepted, bearing.worked, bearing.works_again, bearing.did_this)
    return tuple(one for one in found if one is not None and is_rest(one))


@once
def here(case: Case) -> tuple[Sighting, ...]:
    """Those of `successes` that the region of this request served."""
    return tuple(one for one in successes(case) if region_of(one) == case.endpoint.serving_region)


def elsewhere(case: Case) -> tuple[Sighting, ...]:
    """Those of `successes` that another of Twilio's processing regions served."""
    mine = case.endpoint.serving_region
    return tuple(one for one in successes(case) if region_of(one) in PROCESSING_REGIONS - {mine})


@once
def rivals_here(case: Case) -> tuple[Sighting, ...]:
    """Those 2xx of the same username with another secret that the region of this request served, the latest first."""
    found = [one for one in case.bearing.rivals if is_rest(one) and region_of(one) == case.endpoint.serving_region]
    return tuple(sorted(found, key=lambda one: (one.at or 0.0, one.index), reverse=True))


@once
def works_later(case: Case) -> Sighting | None:
    """A 2xx of the same credential in the same region after this refusal; None while none is known."""
    if case.bearing.works_again is not None:
        return case.bearing.works_again
    began = case.exchange.started_at
    return next((one for one in here(case) if began is not None and one.at is not None and one.at > began), None)


def is_after(one: Sighting, other: Sighting) -> bool:
    """Whether `one` began after `other`: by the clock, else by the place in the capture."""
    if one.at is not None and other.at is not None and one.at != other.at:
        return one.at > other.at
    return one.index > other.index


def is_rest(sighting: Sighting) -> bool:
    """Whether its host is one of the REST API, where a 2xx proves credentials; not Twilio's web site."""
    product = _endpoint(sighting).product
    return bool(product) and product not in NOT_API_HOSTS


def region_of(sighting: Sighting) -> str:
    """The region that served it, which an old host name may hide: docs/facts.md 3.3."""
    return _endpoint(sighting).serving_region


def _endpoint(sighting: Sighting) -> Endpoint:
    return _endpoint_at(sighting.host)


@lru_cache(maxsize=64)
def _endpoint_at(host: str) -> Endpoint:
    return endpoint_of(replace(_BLANK, host=host))


# --- in words -----------------------------------------------------------------------------------------------------
def moment(at: float | None) -> str:
    """``2026-11-03 11:14:08 UTC``; empty without a clock."""
    try:
        return "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return ""


def span(seconds: float) -> str:
    """``10 minutes``: the largest unit of which there are two, else seconds."""
    if not math.isfinite(seconds):
        return "some time"
    whole = max(1, int(seconds))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if whole >= 2 * size:
            return f"{whole // size} {unit}s"
    return f"{whole} second{'' if whole == 1 else 's'}"


def when(sighting: Sighting) -> str:
    """`` at 2026-11-03 11:14:08 UTC``, to be put behind a verb; empty without a clock."""
    told = moment(sighting.at)
    return f" at {told}" if told else ""


def shown_host(host: str) -> str:
    """The name of a REST API host; words for one of another form."""
    name = host.lower().rstrip(".")
    return name if _HOST.fullmatch(name) else "another host of Twilio's"


def sender(agent: bytes, address: str | None) -> str:
    """``twilio-java at 10.20.81.7``; the User-Agent itself is never quoted."""
    client = client_of(replace(_BLANK, headers=((b"User-Agent", agent),)))
    name = client.name if client.known else "an unknown client"
    return f"{name} at {address}" if address and _ADDRESS.fullmatch(address) else name
