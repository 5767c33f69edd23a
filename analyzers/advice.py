"""Things worth saying beside any verdict: true whatever the cause, never an accusation."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from analyzers.case import Case
from analyzers.credential import Bearer, Broken, Credential, Flaw, Other, fault_of, pair_of
from analyzers.findings import Verdict
from analyzers.frozen import dataclass
from analyzers.hosts import Place, place_of
from analyzers.masking import secrets_in
from analyzers.tokens import VALIDATION_HEADER
from analyzers.twilio import CODE_TEST_CREDENTIALS, Kind, is_twilio_host, kind_of, near_secret

FUTILE_RETRY = "futile-retry"
FUTILE_AFTER = 3
"""From this many identical refusals on, retrying is called futile."""
_LONGEST_HOST = 80
_LONGEST_PATH = 8192
_LOOPBACK = re.compile(r"(?:.*\.)?localhost|127(?:\.\d{1,3}){3}|\[?::1\]?")

# mitmproxy's options that set or remove Authorization: stickyauth.py, upstream_auth.py, proxyauth.py (the last two in
# reverse mode), modifyheaders.py; those that change what a signed request's hash covers: mapremote.py, modifybody.py.
# https://github.com/mitmproxy/mitmproxy/tree/v11.0.2/mitmproxy/addons (read 2026-11-20), docs/facts.md 7.4
_CHANGE_AUTHORIZATION = ("stickyauth", "upstream_auth", "proxyauth", "modify_headers")
_CHANGE_HASHED_PARTS = ("map_remote", "modify_body")


@dataclass(frozen=True, slots=True)
class Advice:
    """One remark; `kind` is a slug of the catalogue's advice section."""

    kind: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceKind:
    """A kind of remark: when it is made, and its page."""

    slug: str
    title: str
    page: str
    """What it does, Why it fails, Cannot see, Fix, Source: as the page of a cause."""
    remark: Callable[[Case], str]
    """The sentence for a case; empty where there is nothing to remark. Never quotes a secret."""


def advise(case: Case) -> tuple[Advice, ...]:
    """All remarks that fit `case`, in catalogue order, at most one of each kind."""
    return tuple(Advice(kind.slug, says) for kind in ADVICE if (says := kind.remark(case)))


def in_order(advice: Iterable[Advice]) -> tuple[Advice, ...]:
    """Remarks from several places in catalogue order."""
    return tuple(sorted(advice, key=lambda one: _PLACES.get(one.kind, len(_PLACES))))


def futile_retry(repeats: int) -> tuple[Advice, ...]:
    """The remark for a request that was refused `repeats` times before, once that is often enough."""
    says = _futile(repeats)
    return (Advice(FUTILE_RETRY, says),) if says else ()


def _over_http(case: Case) -> str:
    hosts = [hop.host for hop in case.bearing.hops if hop.had_authorization and hop.scheme == "http"]
    request = case.exchange.request
    if request.scheme == "http" and (any(map(_is_telling, case.credentials)) or _in_url(case)):
        hosts.append(request.host)
    host = next((host for host in hosts if not _LOOPBACK.fullmatch(host)), None)
    if host is None:
        return ""
    return f"The credentials travelled unencrypted to http://{_shown(host, case)}: use https and replace the secret"


def _to_foreign_host(case: Case) -> str:
    host = next((hop.host for hop in case.bearing.hops if hop.had_twilio_pair and _is_foreign(hop.host)), None)
    if host is None and _is_foreign(case.exchange.request.host) and _has_twilio_pair(case):
        host = case.exchange.request.host
    if host is None:
        return ""
    return (
        f"Twilio credentials went to {_shown(host, case)}, which is not Twilio: unless you trust it, replace the secret"
    )


def _in_url(case: Case) -> str:
    request = case.exchange.request
    if request.userinfo or _repeated_in_path(case) or (b"?" in request.target and _in_query(case)):
        return "Credentials stand in the URL, where logs and histories keep them: send them in Authorization only"
    return ""


def _in_query(case: Case) -> bool:
    # Loaded with the first refusal, as the causes are: a start of the proxy need not wait for it.
    from analyzers.misplaced import misplaced  # noqa: PLC0415 - as above

    alone = replace(case.exchange.request, headers=(), body=b"", userinfo=None)
    return misplaced(alone, case.endpoint.account) is not None


def _repeated_in_path(case: Case) -> bool:
    """Whether the secret of the pair stands in the path as well, as it does when its halves are swapped."""
    pair, path = case.pair, case.endpoint.path[:_LONGEST_PATH]
    return pair is not None and any(half in path and near_secret(half) for half in (pair.username, pair.password))


def _futile(repeats: int) -> str:
    if repeats + 1 < FUTILE_AFTER:
        return ""
    return f"The same refused request was sent {repeats + 1} times: a 401 never heals by itself"


def _probe(case: Case) -> str:
    endpoint, pair = case.endpoint, case.pair
    is_probe = endpoint.needs_main_key and endpoint.product == "api" and not endpoint.below
    if not is_probe or case.exchange.request.method not in {"GET", "HEAD"}:
        return ""
    if pair is None or kind_of(pair.username) is not Kind.KEY_SID:
        return ""
    return "This path tests no API key: it refuses good Standard keys too; GET .../Messages.json?PageSize=1 instead"


def _auth_token(case: Case) -> str:
    pair = case.pair
    if pair is None or (kind_of(pair.username), kind_of(pair.password)) != (Kind.ACCOUNT_SID, Kind.HEX_32):
        return ""
    if case.answer is not None and case.answer.code == CODE_TEST_CREDENTIALS:
        return ""
    return "The account's Auth Token is in use: an API key could be revoked on its own, without touching other programs"


def _proxy(case: Case) -> str:
    active = case.exchange.proxy_options
    changing = [name for name in _CHANGE_AUTHORIZATION if name in active]
    if changing:
        return f"Options of this proxy may have changed Authorization: {', '.join(changing)}; repeat without them"
    if case.exchange.request.first(VALIDATION_HEADER) is None:
        return ""
    changing = [name for name in _CHANGE_HASHED_PARTS if name in active]
    if not changing:
        return ""
    return f"Options of this proxy may have changed what is signed: {', '.join(changing)}; repeat without them"


def _source(case: Case) -> str:
    wire = case.legible
    if wire is None or not case.expected or case.absence is Verdict.UNKNOWN:
        return ""
    from analyzers.provenance import remark  # noqa: PLC0415 - as in `_in_query`

    return remark(wire, case.expected)


def _is_telling(credential: Credential) -> bool:
    """Whether who reads the value learns something that must be hidden."""
    if isinstance(credential, Bearer | Other):
        return True
    if pair := pair_of(credential):
        return bool(secrets_in(pair.username, pair.password))
    return isinstance(credential, Broken) and fault_of(credential, Flaw.EMPTY, Flaw.SCHEME_ONLY) is None


def _has_twilio_pair(case: Case) -> bool:
    """Whether a secret went out beside an Account or API key SID, in either order."""
    pair = case.pair
    if pair is None or not {kind_of(pair.username), kind_of(pair.password)} & {Kind.ACCOUNT_SID, Kind.KEY_SID}:
        return False
    return bool(secrets_in(pair.username, pair.password))


def _is_foreign(host: str) -> bool:
    """Whether a host is neither Twilio's, its file servers included, nor this machine."""
    return not (is_twilio_host(host) or place_of(host) is Place.FILES or _LOOPBACK.fullmatch(host))


def _shown(host: str, case: Case) -> str:
    """A host as it may be shown: a name that holds a secret, as with a URL put together wrongly, is not."""
    lower = host.lower().encode("utf-8", "replace")
    if len(host) > _LONGEST_HOST or any(secret.lower() in lower for secret in case.secrets):
        return "another host"
    return host


ADVICE: tuple[AdviceKind, ...] = (
    AdviceKind(
        slug="credential-over-http",
        title="Credentials travelled unencrypted",
        remark=_over_http,
        page="""\
What it does: looks at this request and at the redirects that led to it. One of them carried credentials to a URL that
begins with http: and leads to another machine.

Why it fails: Basic is no encryption. Everybody on the way could read the secret, and it stays good until somebody
replaces it. Twilio redirects http to https, so the program may well work and nobody notices.

Cannot see: whether anybody did read it, or whether the way is a private network.

Fix: write https in the URL, then replace the secret: it has been shown.

Source: https://www.rfc-editor.org/rfc/rfc7617#section-4; docs/facts.md 8.1 (read 2026-11-20)
""",
    ),
    AdviceKind(
        slug="credential-to-foreign-host",
        title="Twilio credentials were sent to a host that is not Twilio",
        remark=_to_foreign_host,
        page="""\
What it does: looks at this request and at the redirects that led to it. One of them carried a secret beside an Account
or API key SID to a host that is neither below twilio.com, nor Twilio's file server, nor this machine.

Why it fails: whoever runs that host has the secret now and may use it from anywhere.

Cannot see: whom the host belongs to. A gateway of your own company is as good as any.

Fix: call the Twilio host directly, or take the header off before a redirect is followed. Unless the host is yours,
replace the secret.

Source: https://www.rfc-editor.org/rfc/rfc9110#section-15.4 (read 2026-11-20); docs/clients.md 1 (what clients do with
the header when they follow a redirect, measured 2026-11-20)
""",
    ),
    AdviceKind(
        slug="credential-in-url",
        title="Credentials stand in a URL",
        remark=_in_url,
        page="""\
What it does: looks in front of the host of the URL, as in https://user:password@host, among the parameters behind the
question mark, for a secret beside a SID or under Twilio's own name for it, and in the path, for the secret of the pair.

Why it fails: URLs are written into access logs, histories, error reports and Referer headers. A header is not.

Cannot see: the part in front of the host, where the recording leaves it out. Most clients turn it into Authorization.

Fix: give the pair to the client's own option for it, which sends Authorization. Where the URL has been logged, replace
the secret.

Source: https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1 and https://www.rfc-editor.org/rfc/rfc9110#section-17.9
(read 2026-11-20)
""",
    ),
    AdviceKind(
        slug=FUTILE_RETRY,
        title="The same refused credentials are retried: a 401 never heals by itself",
        remark=lambda case: _futile(case.bearing.repeats),
        page="""\
What it does: counts how often the same request got the same refusal in this capture, and says so from the third on.

Why it fails: a 401 is Twilio's last word on these credentials. The same bytes get the same answer until something is
changed, here or in the Console.

Cannot see: retries that went past this proxy, and what another program sent.

Fix: do not retry on 401 and 403. Stop, log Twilio's message and the request id, and wake somebody who can change the
credentials.

Source: https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2; docs/facts.md 1.7 (read 2026-11-20)
""",
    ),
    AdviceKind(
        slug="probe-needs-main-key",
        title="A health check probes /Accounts, which good Standard keys may not read",
        remark=_probe,
        page="""\
What it does: sees a GET on /2010-04-01/Accounts or on an Account itself, sent with an API key.

Why it fails: of all API keys only a Main key may read an Account. A Standard key that does all its work is refused
there, so a health check that asks for the Account calls a good key broken.

Cannot see: whether the key is a Main key; its SID does not tell.

Fix: probe with a call that the program makes anyway, such as GET /2010-04-01/Accounts/{AccountSid}/Messages.json with
PageSize=1. A Restricted key needs the right to read Messages for that.

Source: https://www.twilio.com/docs/iam/api-keys/keys-in-console; docs/facts.md 4.2 (read 2026-11-20)
""",
    ),
    AdviceKind(
        slug="auth-token-in-use",
        title="The main Auth Token is in use; an API key can be revoked on its own",
        remark=_auth_token,
        page="""\
What it does: sees an Account SID with 32 lower-case hexadecimal digits as the password: the form of an Auth Token.

Why it fails: it need not fail. But the account has one Auth Token for everything: who has it may do everything, and who
replaces it stops every program that still uses it.

Cannot see: whether the token is that of the live account or of the test credentials; both have one form.

Fix: make an API key for each program, give its SID and secret to the client beside the Account SID, and keep the Auth
Token for what needs it, such as checking the signatures of webhooks.

Source: https://www.twilio.com/docs/iam/api-keys/keys-in-console; docs/facts.md 2.1 and 4.2 (read 2026-11-20)
""",
    ),
    AdviceKind(
        slug="proxy-changed-request",
        title="An active mitmproxy option changes Authorization (stickyauth, upstream_auth, modify_headers, proxyauth)",
        remark=_proxy,
        page="""\
What it does: looks at the options with which the recording proxy ran. stickyauth adds an Authorization that it saw
before, upstream_auth and proxyauth set or take it away in reverse mode, modify_headers does whatever it was told. With
a signed request (Twilio-Client-Validation) map_remote and modify_body count too.

Why it fails: Twilio judges what leaves the proxy, not what the program sent. A signature no longer fits a request whose
host, path or body was changed.

Cannot see: whether the option matched this very request, and what the program sent before the change.

Fix: start the proxy once without these options, for example why20003 run, and compare.

Source: https://github.com/mitmproxy/mitmproxy/tree/v11.0.2/mitmproxy/addons; docs/facts.md 7.4 (read 2026-11-20)
""",
    ),
    AdviceKind(
        slug="credential-source",
        title="Which known values the pair on the wire equals",
        remark=_source,
        page="""\
What it does: compares both halves of the pair with every value that is known: what the environment, .env files, a
netrc, profiles of the Twilio CLI and secret files hold, or what --expect names. It names all that are equal, the form
in which they were sent (with quotes, a line end, trimmed), and what holds another value under the same name.

Why it fails: it need not fail. But of two places that hold different values one wins, and often it is not the one that
somebody looks at: a variable of the shell wins over a .env file, docker run --env-file keeps quotes, and a file that is
a secret ends with the line feed that an editor put there.

Cannot see: from which of several equal values the program took its own, or what no place holds.

Fix: correct the place that won, or remove it. why20003 check looks at the same places before a request is sent.

Source: https://github.com/docker/cli/issues/4665; docs/facts.md 9.1 and 9.4 (read 2026-11-21)
""",
    ),
)
"""Every kind of remark, in catalogue order."""

_PLACES = {kind.slug: place for place, kind in enumerate(ADVICE)}
