"""Why a run saw no Twilio exchange, or not all of them, and what to do next. Pure; says "perhaps" where it cannot know.

Which client ignores the proxy variables, and which trusts what: docs/clients.md 5 and 6.
"""

from collections.abc import Iterator, Sequence

from analyzers.frozen import dataclass
from analyzers.twilio import is_twilio_host
from why20003.launch.processes import Ran
from why20003.launch.runtimes import BY_CLIENT, RUNTIMES, TRUST
from why20003.launch.sightings import Broken, Sightings

_NAMED = 3


@dataclass(frozen=True)
class Circumstances:
    """What is known of the program beside what was on the wire."""

    command: str
    """The name of its file."""
    code: int
    """Its exit code."""
    ran: tuple[Ran, ...] = ()
    """The programs that were seen to run, CMD among them; empty where the system does not show them."""
    local_mode: bool = False
    """Whether mitmproxy can capture here without the client's help."""
    died: str = ""
    """How the proxy ended before its time; empty when it did not."""


def explain(seen: Sightings, known: Circumstances) -> tuple[str, ...]:
    """Lines for the user: what was not seen and why, each followed by indented next steps. Empty when all is well."""
    if known.died or not seen.told:
        how = f" ({known.died})" if known.died else ""
        return (
            f"the proxy ended before the program did{how}: its requests failed from then on",
            "  What was seen before that may be missing above.",
            "  Run it once more; if it happens again: why20003 proxy shows what mitmproxy says.",
        )
    broken = [one for one in seen.broken if is_twilio_host(one.host) or f"https://{one.host}" in seen.requests]
    lines = [line for one in broken for line in _broken(one, known)]
    if lines and not seen.twilio:
        lines[0] = f"no Twilio exchange was seen: {lines[0]}"
    return tuple(lines or (() if seen.twilio else _nothing(seen, known)))


def _nothing(seen: Sightings, known: Circumstances) -> Iterator[str]:
    twilio = [host for host in (*seen.connects, *_hosts(seen)) if is_twilio_host(host)]
    others = list(dict.fromkeys(host for host in (*seen.connects, *_hosts(seen)) if not is_twilio_host(host)))
    if not seen.connections:
        yield from _no_connection(known)
    elif any(is_twilio_host(host) for host in seen.passed):
        yield f"no Twilio exchange was seen: TLS to {_list(twilio)} passed unopened, since it named another host inside"
        yield "  Add that host: --scope twilio,HOST"
    elif twilio:
        yield f"no Twilio exchange was seen: the program connected to {twilio[0]}, but no request came"
        yield "  Perhaps it ended, or gave up, before it sent one; or it speaks something that is not HTTP there."
    elif others:
        yield f"no Twilio exchange was seen: the program went to other hosts only: {_list(others)}"
        yield "  Perhaps it did not come to its Twilio call, or it is told to use another base URL than Twilio's."
        yield "  If one of these stands for Twilio: --scope twilio,HOST opens its TLS too."
        yield from _lost(known.ran)
    else:
        yield "no Twilio exchange was seen: the program connected to the proxy, but asked for nothing"
        yield "  Perhaps it tests whether the port is open, or starts TLS with the proxy itself, as wget2 does."


def _no_connection(known: Circumstances) -> Iterator[str]:
    yield "no Twilio exchange was seen: nothing connected to the proxy"
    lost = list(_lost(known.ran))
    if lost:
        yield from lost
        return
    if known.code:
        yield f"  It ended with exit code {known.code}: perhaps before it made a request."
    clients = _clients(known.ran)
    for one in clients:
        yield from RUNTIMES[one.family].steps(one.name)
    if not clients:
        yield f"  Perhaps {known.command} made no request, or uses a client that reads no HTTPS_PROXY."
    if any(one.family == "docker" for one in known.ran):
        yield "  A container has its own environment, network and certificates: run why20003 inside of it."
    yield "  Perhaps it sets NO_PROXY itself, or speaks HTTP/3, which goes past every HTTP proxy: look in its settings."
    if known.local_mode:
        name = clients[0].name if clients else known.command
        yield f"  What ignores every setting can still be captured: why20003 proxy -- --mode local:{name[:15]}"
        yield "  The client has to be told to trust the CA that this prints; on Linux it asks for sudo."


def _clients(ran: Sequence[Ran]) -> list[Ran]:
    """The programs that may have been the client, one of each kind; those started by others first."""
    found: dict[str, Ran] = {}
    for one in reversed(ran):
        if one.family in RUNTIMES:
            found.setdefault(one.family, one)
    return list(found.values())[:_NAMED]


def _lost(ran: Sequence[Ran]) -> Iterator[str]:
    """Programs that were started without what leads to the proxy."""
    if any(one.family == "sudo" for one in ran):
        yield "  sudo starts programs without these variables: put it in front instead: sudo -E why20003 run -- CMD."
        return
    for one in dict.fromkeys(one for one in ran if one.lost):
        if one.lost == "HTTPS_PROXY":
            yield f"  {one.name} was started without our HTTPS_PROXY: whatever starts it changes its environment."
        else:
            yield f"  {one.name} was started with a {one.lost} that exempts Twilio: take twilio.com out of it."


def _broken(one: Broken, known: Circumstances) -> Iterator[str]:
    client = one.client or _named_by(known.ran)
    times = "" if one.count == 1 else f", {one.count} times"
    if one.reason in {"unknown-ca", "bad-certificate", "certificate-unknown"}:
        yield f"{client or 'the client'} did not trust the proxy's certificate for {one.host}{times}"
    else:
        yield f"{client or 'the client'} broke off TLS to {one.host}{times}, perhaps since it does not trust the proxy"
    family = BY_CLIENT.get(client, client if client in TRUST else "")
    yield f"  {TRUST.get(family, TRUST[''])}"
    if one.reason != "unknown-ca":
        yield "  If it pins Twilio's certificate, no proxy can open that connection: switch pinning off for this run."


def _named_by(ran: Sequence[Ran]) -> str:
    """The only kind of client that ran; empty when there were several, or none that we know."""
    families = {one.family for one in ran if one.family in RUNTIMES}
    return families.pop() if len(families) == 1 else ""


def _hosts(seen: Sightings) -> list[str]:
    return [name.partition("://")[2] for name in (*seen.requests, *(f"://{host}" for host in seen.unanswered))]


def _list(hosts: Sequence[str]) -> str:
    unique = list(dict.fromkeys(hosts))
    more = len(unique) - _NAMED
    return ", ".join(unique[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def captures_locally(platform: str, release: str, reason: str | None) -> bool:
    """Whether ``--mode local`` works: `platform` of sys, `release` of the kernel, `reason` as mitmproxy gives it.

    https://docs.mitmproxy.org/stable/concepts/modes/#local-capture (read 2026-11-21): macOS, Windows, and since
    mitmproxy 11.1 Linux from 6.8 on, but not in WSL. A mitmproxy that cannot tell is older than that.
    """
    if platform != "linux":
        return platform in {"darwin", "win32"} and not reason
    major, minor = (*(int(part) for part in release.split(".")[:2] if part.isdigit()), 0, 0)[:2]
    return reason == "" and (major, minor) >= (6, 8) and "microsoft" not in release.lower()
