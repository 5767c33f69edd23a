"""Things worth saying beside any verdict: true whatever the cause, never an accusation."""

from dataclasses import dataclass

from analyzers.case import Case

FUTILE_RETRY = "futile-retry"
FUTILE_AFTER = 3
"""From this many identical refusals on, retrying is called futile."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One remark; `kind` is a slug of the catalogue's advice section."""

    kind: str
    says: str


def advise(case: Case) -> tuple[Advice, ...]:
    """All remarks that fit `case`, in catalogue order."""
    found: list[Advice] = []
    request = case.exchange.request
    in_clear = [hop for hop in case.bearing.hops if hop.had_authorization and hop.scheme == "http"]
    if in_clear or (request.scheme == "http" and case.credentials):
        host = in_clear[0].host if in_clear else request.host
        found.append(
            Advice(
                "credential-over-http",
                f"The credentials travelled unencrypted to http://{host}: use https and replace the secret",
            )
        )
    if request.userinfo:
        found.append(Advice("credential-in-url", "Credentials stand in the URL, where logs and histories keep them"))
    return (*found, *futile_retry(case.bearing.repeats))


def futile_retry(repeats: int) -> tuple[Advice, ...]:
    """The remark for a request that was refused `repeats` times before, once that is often enough."""
    if repeats + 1 < FUTILE_AFTER:
        return ()
    return (
        Advice(FUTILE_RETRY, f"The same refused request was sent {repeats + 1} times: a 401 never heals by itself"),
    )
