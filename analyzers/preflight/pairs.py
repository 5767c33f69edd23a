"""Values that go together: halves exchanged, a half missing, one value under two names, halves of two places."""

import hmac
from collections.abc import Iterator, Sequence

from analyzers.expected import Role
from analyzers.preflight.login import KEY_NAMES, SECRET_NAMES, login_of
from analyzers.preflight.remarks import Remark, Severity, counting, place, spots, winner
from analyzers.preflight.shapes import plain_kind
from analyzers.setting import Setting
from analyzers.twilio import Kind, core_of, is_void

_SECRETS = frozenset({Kind.HEX_32, Kind.ALNUM_32})
_SIDS = frozenset({Kind.ACCOUNT_SID, Kind.KEY_SID})
PAIRS = (
    (Role.ACCOUNT_SID, Role.AUTH_TOKEN),
    (Role.KEY_SID, Role.KEY_SECRET),
    (Role.TEST_ACCOUNT_SID, Role.TEST_AUTH_TOKEN),
)


def exchanged(settings: Sequence[Setting]) -> tuple[list[Remark], frozenset[int]]:
    """Pairs whose two values stand in each other's variable, and the places of these in `settings`."""
    found: list[Remark] = []
    told: set[int] = set()
    for at, sid in enumerate(settings):
        for number, secret in enumerate(settings):
            fits = (sid.role, secret.role) in PAIRS and sid.origin == secret.origin
            if fits and plain_kind(sid) in _SECRETS and plain_kind(secret) in _SIDS:
                says = f"{sid.name} and {secret.name} hold each other's value"
                fix = ("Exchange the two values",)
                found.append(Remark(_severity(sid, secret), "halves-swapped", says, spots((sid, secret)), fix))
                told |= {at, number}
    return found, frozenset(told)


def _severity(*settings: Setting) -> Severity:
    return Severity.PROBLEM if len(counting(settings)) == len(settings) else Severity.DOUBT


def pairs(settings: Sequence[Setting]) -> Iterator[Remark]:
    """What is wrong with values that go together."""
    yield from _missing(settings)
    yield from _same(settings)
    yield from _of_two_places(settings)


def _missing(settings: Sequence[Setting]) -> Iterator[Remark]:
    account, token = _set(settings, "TWILIO_ACCOUNT_SID"), _set(settings, "TWILIO_AUTH_TOKEN")
    key, secret = _set(settings, *KEY_NAMES), _set(settings, *SECRET_NAMES)
    login = login_of(settings)
    others = any(one.role is Role.OTHER and one.value for one in settings)
    bad = Severity.DOUBT if login or others else Severity.PROBLEM
    empty = [one for one in counting(settings) if one.role in {Role.ACCOUNT_SID, Role.AUTH_TOKEN} and not one.value]
    for one in empty:
        if winner(settings, one.name) is one:
            fix = (f"Give {one.name} its value, or do not set it: a program stops looking once a variable is set",)
            yield Remark(bad, "half-empty", f"{one.name} is set to nothing in {place(one)}", spots((one,)), fix)
    if account and not secret and winner(settings, "TWILIO_AUTH_TOKEN") is None:
        says = f"{account.name} is set, and neither an Auth Token nor an API key's secret goes with it"
        yield Remark(bad, "secret-missing", says, spots((account,)), ("Set TWILIO_AUTH_TOKEN, or an API key",))
    if token and winner(settings, "TWILIO_ACCOUNT_SID") is None:
        says = "TWILIO_AUTH_TOKEN is set without TWILIO_ACCOUNT_SID: enough to check webhooks, not to log in"
        yield Remark(Severity.DOUBT, "account-missing", says, spots((token,)), ("Set TWILIO_ACCOUNT_SID",))
    if key and not secret:
        says = f"{key.name} is set, and no secret goes with it"
        yield Remark(bad, "secret-missing", says, spots((key,)), ("Set the secret of the API key",))
    if secret and not key:
        says = f"{secret.name} is set, and no SID of an API key (SK...) goes with it"
        yield Remark(bad, "key-missing", says, spots((secret,)), ("Set TWILIO_API_KEY to the SID of the key",))
    if key and secret and not account:
        says = "An API key is set without TWILIO_ACCOUNT_SID: libraries then take the key for the account of the path"
        fix = ("Set TWILIO_ACCOUNT_SID as well, and give it to the client as the third argument",)
        yield Remark(Severity.DOUBT, "key-sid-as-account", says, spots((key, secret)), fix)
    if account and token and key and secret:
        says = "Both an Auth Token and an API key are set: helper libraries read the token, the Twilio CLI the key"
        yield Remark(Severity.NOTE, "two-logins", says, spots((token, secret)))


def _set(settings: Sequence[Setting], *names: str) -> Setting | None:
    found = winner(settings, *names)
    return found if found is not None and not is_void(found.value[:400]) else None


def _same(settings: Sequence[Setting]) -> Iterator[Remark]:
    token, secret = _set(settings, "TWILIO_AUTH_TOKEN"), _set(settings, *SECRET_NAMES)
    if token and secret and hmac.compare_digest(_core(token), _core(secret)):
        says = f"{token.name} and {secret.name} hold the same value: at least one of them is wrong"
        fix = ("Put the Auth Token into the one, and the secret of the API key into the other",)
        yield Remark(Severity.PROBLEM, "same-secret", says, spots((token, secret)), fix)


def _core(setting: Setting) -> bytes:
    return setting.value[slice(*core_of(setting.value))]


def _of_two_places(settings: Sequence[Setting]) -> Iterator[Remark]:
    login = login_of(settings)
    if login is None or login.sid.origin == login.secret.origin:
        return
    beside = [one for one in counting(settings) if one.name == login.sid.name and one.origin == login.secret.origin]
    others = [one for one in beside if one.value and not hmac.compare_digest(_core(one), _core(login.sid))]
    if others:
        says = (
            f"{login.sid.name} comes from {place(login.sid)}, {login.secret.name} from {place(login.secret)}, "
            f"where another {login.sid.name} stands"
        )
        fix = (f"Remove {login.sid.name} from one of them: a secret fits no other SID than its own",)
        yield Remark(Severity.PROBLEM, "differs-from-environment", says, spots((login.sid, login.secret, *others)), fix)


__all__ = ["exchanged", "pairs"]
