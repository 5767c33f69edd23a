"""What a client was measured to do with Authorization when it follows a redirect: docs/clients.md 1 to 4 and 12.

A capture shows neither how the credentials were given to the client nor which of the variants that share a User-Agent
sent the request. So all of them count, and where they differ the sentence says so.
"""

import re
from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzers.redirect_facts import Measured


class Step(Enum):
    """How the next URL of a redirect relates to the one before; the value begins the name of what was measured."""

    SAME_ORIGIN = "S1-"
    OTHER_PORT = "S2-443-8443"
    HTTP_TO_HTTPS = "S3-80-443"
    HTTPS_TO_HTTP = "S4-443-80"
    OTHER_HOST = "S5-"
    PARENT_TO_SUBDOMAIN = "S6-parent2sub"


# POSTs were redirected only so; elsewhere what holds for a GET is the best that is known: docs/clients.md 4
_POSTED = {Step.SAME_ORIGIN: "S8-same-", Step.OTHER_HOST: "S8-cross-"}
_USUAL_STATUS = 302
# Outcomes of redirect_facts. With the others the redirect was not followed, or there was nothing to drop.
_DROPPED = frozenset("-RX")
_FOLLOWED = _DROPPED | {"K"}
_UNSENT = frozenset("0!")
_WAYS = {
    "header": "as a header",
    "option": "by its own auth option",
    "option-chal": "by its own auth option",
    "userinfo": "in the URL",
    "userinfo-chal": "in the URL",
}
_WHAT = "Authorization on this kind of redirect"
_NUMBER = r"\d+(?:[._]\d+)*"
_HELPER_LIBRARY = "twilio-"
# Could not be run: docs/clients.md 7b (read 2026-11-21)
_DOCUMENTED = {
    "PowerShell": "PowerShell drops Authorization on a redirect; from 6 on -PreserveAuthorizationOnRedirect keeps it"
}


def rule_for(
    client: str, step: Step, *, version: str | None = None, status: int | None = None, method: str = "GET"
) -> str:
    """One sentence on how `client` was measured to drop Authorization at `step`; empty where it was not.

    `version` is the one seen: the nearest measured release speaks for it, and the sentence names both. `status` is that
    of the redirect and `method` that of the request which it answered.
    """
    if client.startswith(_HELPER_LIBRARY):
        return ""  # they follow none by themselves: docs/facts.md 8.2
    if client in _DOCUMENTED:
        return f"documented: {_DOCUMENTED[client]}"
    scenario = _scenario(step, status, method)
    near, far = _nearest(client, version)
    told = _dropping(client, near, scenario)
    kept = _keeping(far, scenario) if told else _keeping(near, scenario)
    if not told and kept:
        told = _dropping(client, far, scenario)
    return f"measured: {told}{kept}{_other_release(near, version)}" if told else ""


def keeps(
    client: str, step: Step, *, version: str | None = None, status: int | None = None, method: str = "GET"
) -> bool | None:
    """Whether Authorization stays at `step`; None where it depends on the variant or the way, or was not measured."""
    scenario = _scenario(step, status, method)
    return _agreed(letter == "K" for row in _around(client, version) for letter in _letters(row, scenario).values())


def follows_by_default(client: str, *, method: str = "GET", version: str | None = None) -> bool | None:
    """Whether `client` follows a redirect without being told to; None where it depends, or was not measured."""
    if client.startswith(_HELPER_LIBRARY):
        return False  # as above
    kind = _kind(method)
    outcomes = (row.defaults.get(f"{kind}-{status}", "") for row in _around(client, version) for status in (302, 307))
    return _agreed(outcome[-1] in _FOLLOWED for outcome in outcomes if outcome)


def turns_post_into_get(client: str, status: int, *, version: str | None = None) -> bool | None:
    """Whether a POST that is answered `status` becomes a GET; None where it depends, is not followed, or is unknown."""
    return _agreed(method == "GET" for row in _around(client, version) for method in _methods(row, status))


def method_rule(client: str, status: int, *, version: str | None = None) -> str:
    """One sentence on `client` making a GET of a POST that is answered `status`; empty unless it always does."""
    if not turns_post_into_get(client, status, version=version):
        return ""
    rows = [row for row in _nearest(client, version)[0] if _methods(row, status)]
    told = f"measured: {client} ({_versions(rows)}) makes a GET of a POST that is answered {status}"
    return told + _other_release(rows, version)


def brings_back(client: str, *, version: str | None = None) -> bool | None:
    """Whether a header that was dropped at another host returns with the first one; None where it depends."""
    trips = (row.outcomes.get("header", {}).get("S7-ABA", "") for row in _around(client, version))
    return _agreed(trip == "-K" for trip in trips if trip.startswith("-"))


def waits_for_challenge(client: str) -> bool:
    """Whether at least one way of giving `client` credentials sends none before a 401 asks for them."""
    return any("option-chal" in row.outcomes for row in _rows(client))


def _scenario(step: Step, status: int | None, method: str) -> str:
    if _kind(method) == "POST" and step in _POSTED:
        return f"{_POSTED[step]}{status or _USUAL_STATUS}"
    if not step.value.endswith("-"):
        return step.value
    # A GET was never answered 303; for a GET it says the same as a 302: RFC 9110 15.4.4
    return f"{step.value}{_USUAL_STATUS if status in {None, 303} else status}"


def _kind(method: str) -> str:
    return "POST" if method == "POST" else "GET"


def _letters(row: "Measured", scenario: str) -> dict[str, str]:
    """Way of giving credentials to the outcome, for the ways that sent them and followed the redirect."""
    found = {}
    for way, outcomes in row.outcomes.items():
        letter = outcomes.get(scenario, "")[-1:]
        if way in _WAYS and letter in _FOLLOWED and outcomes.get("S1-302") not in _UNSENT:
            found[way] = letter
    return found


def _methods(row: "Measured", status: int) -> list[str]:
    """The methods that follow a POST answered `status`."""
    method, _, letter = row.outcomes.get("header", {}).get(f"S8-same-{status}", "").rpartition(" ")
    return [method] if letter in _FOLLOWED else []


def _dropping(client: str, rows: "Iterable[Measured]", scenario: str) -> str:
    """Which of `rows` drop the header, in words; empty when none does."""
    seen = [(row, letters) for row in rows if (letters := _letters(row, scenario))]
    given = {row.name: _how(letters) for row, letters in seen if not _DROPPED.isdisjoint(letters.values())}
    dropping = [row for row, _ in seen if row.name in given]
    if not dropping:
        return ""
    if len(dropping) == len(seen) and len(set(given.values())) == 1:
        return f"{client} ({_versions(dropping)}) drops {_WHAT}{given[dropping[0].name]}"
    labels = ", ".join(f"{row.name} {_version(row)}{given[row.name]}" for row in dropping)
    return f"some clients of this name drop {_WHAT} ({labels})"


def _how(letters: dict[str, str]) -> str:
    """How the credentials were given, where that matters, and whether a 401 brings them back; else empty."""
    dropped = {way: letter for way, letter in letters.items() if letter in _DROPPED}
    ways = " or ".join(dict.fromkeys(_WAYS[way] for way in dropped))
    told = "" if len(dropped) == len(letters) else f" when given {ways}"
    return f"{told}, until a 401 asks for it" if set(dropped.values()) == {"R"} else told


def _keeping(rows: "tuple[Measured, ...]", scenario: str) -> str:
    """That `rows` keep the header; empty unless they do, in every way that was measured."""
    letters = {letter for row in rows for letter in _letters(row, scenario).values()}
    return f", {_versions(rows)} keeps it" if letters == {"K"} else ""


def _other_release(rows: "Iterable[Measured]", version: str | None) -> str:
    """That the version seen is none of those measured; empty when it is one of them, or is not known."""
    seen = _number(version)
    return f"; this is {version}" if seen and not any(_same(seen, _number(row.version)) for row in rows) else ""


def _rows(client: str) -> "tuple[Measured, ...]":
    # Read late: most runs of the proxy never see a redirect that matters.
    from analyzers.redirect_facts import measured  # noqa: PLC0415 - see above

    return measured().get(client, ())


def _nearest(client: str, version: str | None) -> "tuple[tuple[Measured, ...], tuple[Measured, ...]]":
    """The measured releases nearest to `version`, and those on its other side; all newer ones when it says nothing."""
    rows, seen = _rows(client), _number(version)
    numbers = sorted({number for row in rows if (number := _number(row.version))})
    if not seen or not numbers:
        return tuple(row for row in rows if not row.older), ()
    same = [number for number in numbers if _same(seen, number)]
    below = [number for number in numbers if number < seen][-1:]
    above = [number for number in numbers if number > seen][:1]
    order = [same] if same else sorted(filter(None, (below, above)), key=lambda side: _distance(side[0], seen))
    near, far = (tuple(row for row in rows if _number(row.version) in side) for side in (*order, [])[:2])
    return near, far


def _around(client: str, version: str | None) -> "tuple[Measured, ...]":
    near, far = _nearest(client, version)
    return (*near, *far)


def _number(version: str | None) -> tuple[int, ...]:
    """The first number of a version's text; empty where there is none."""
    found = re.search(_NUMBER, version or "")
    return tuple(int(part[:9]) for part in re.split("[._]", found.group())) if found else ()


def _same(seen: tuple[int, ...], measured: tuple[int, ...]) -> bool:
    """Whether two versions agree as far as both are told: GuzzleHttp/7 is any release 7."""
    length = min(len(seen), len(measured))
    return seen[:length] == measured[:length] and length > 0


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    width = max(len(one), len(other))
    padded = ((*number, *(0,) * (width - len(number))) for number in (one, other))
    return tuple(abs(a - b) for a, b in zip(*padded, strict=True))


def _version(row: "Measured") -> str:
    return row.version.partition(", Python")[0]


def _versions(rows: "Iterable[Measured]") -> str:
    return ", ".join(dict.fromkeys(map(_version, rows)))


def _agreed(answers: Iterable[bool]) -> bool | None:
    """The one answer that all give; None where they differ or there is none."""
    found = set(answers)
    return found.pop() if len(found) == 1 else None
