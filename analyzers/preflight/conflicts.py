"""Places that contradict each other: which value wins, and what wins over all of them."""

import hmac
from collections.abc import Iterator, Sequence

from analyzers.expected import Role, Standing
from analyzers.preflight.login import Login, login_of
from analyzers.preflight.remarks import Remark, Severity, counting, place, spots
from analyzers.setting import Reader, Setting
from analyzers.variable_names import BY_CLI


def conflicts(settings: Sequence[Setting]) -> Iterator[Remark]:
    """One remark for each name that several places fill differently; then netrc and profiles."""
    yield from _shadowed(settings)
    yield from _twice(settings)
    login = login_of(settings)
    yield from _netrc(settings, login)
    yield from _profiles(settings, login)


def _shadowed(settings: Sequence[Setting]) -> Iterator[Remark]:
    for name in dict.fromkeys(one.name for one in counting(settings)):
        first, *others = (one for one in counting(settings) if one.name == name)
        losing = [one for one in others if not hmac.compare_digest(one.value, first.value)]
        if not losing or (first.role is None and name not in BY_CLI):
            continue
        if not first.value:
            says = f"{name} is set to nothing in {place(first)}, which hides the value of {place(losing[0])}"
            fix = (f"Unset {name} there: set to nothing it still wins over a .env file",)
            yield Remark(Severity.PROBLEM, "shadowed", says, spots((first, *losing)), fix)
            continue
        says = f"{name} differs: {place(first)} wins over {place(losing[0])}, unless the program asks for the contrary"
        fix = (f"Keep one {name}, the right one",)
        yield Remark(Severity.DOUBT, "shadowed", says, spots((first, *losing)), fix)


def _twice(settings: Sequence[Setting]) -> Iterator[Remark]:
    last = {(one.origin, one.name): one for one in settings if one.line and one.role}
    for one in settings:
        kept = last.get((one.origin, one.name))
        if kept is None or kept is one or one.reader is Reader.NETRC or hmac.compare_digest(kept.value, one.value):
            continue
        says = f"{one.name} is set twice in {one.origin}: line {kept.line} counts, line {one.line} does not"
        yield Remark(Severity.DOUBT, "set-twice", says, spots((one, kept)), (f"Remove the wrong {one.name}",))


def _netrc(settings: Sequence[Setting], login: Login | None) -> Iterator[Remark]:
    logins = [one for one in settings if one.role is Role.NETRC_LOGIN]
    passwords = [one for one in settings if one.role is Role.NETRC_PASSWORD]
    for name, password in zip(logins, passwords, strict=False):
        if login is not None and (
            hmac.compare_digest(name.value, login.sid.value) and hmac.compare_digest(password.value, login.secret.value)
        ):
            continue
        whose = f"for {name.host}" if name.host else "for every host"
        says = f"{name.origin} has an entry {whose}: requests and HTTPie send it even in place of a header set by hand"
        if login is None:
            says = f"{name.origin} has an entry {whose}, which twilio-python, requests and wget send by themselves"
        fix = ("Give the pair as auth, not as a header; or correct the entry; or run with NETRC=/dev/null",)
        yield Remark(Severity.DOUBT, "authorization-overridden", says, spots((name, password)), fix)


def _profiles(settings: Sequence[Setting], login: Login | None) -> Iterator[Remark]:
    accounts = [one for one in settings if one.reader is Reader.CLI and one.name == "accountSid"]
    if login is None or login.account is None or not accounts:
        return
    active = accounts[0]
    if not hmac.compare_digest(active.value, login.account.value) and login.account.standing is not Standing.GIVEN:
        says = (
            f"The environment names another account than {active.origin}, the active one; the CLI takes the environment"
        )
        if login.account.reader is Reader.ENVIRONMENT:
            yield Remark(Severity.NOTE, "profile-shadowed", says, spots((login.account, active)))


__all__ = ["conflicts"]
