"""What the demo plays: a call of a real client each, most of them with one fault. Run in a process of its own.

The process gets the proxy and its certificate through the usual environment variables and prints one JSON line for each
call: what the developer would have seen.
"""

import json
import os
import sys
from collections.abc import Callable

from analyzers.frozen import dataclass
from why20003.demo import calls
from why20003.sandbox import LIVE, STANDARD_KEY, TRIAL

SERVICE = "MG" + LIVE.sid[2:]
"""A SID of another kind: well formed, and no username."""


@dataclass(frozen=True, slots=True)
class Play:
    """One call, and what had to happen before it."""

    name: str
    shown: str
    """The line of code as a developer would have written it."""
    run: Callable[[], str]
    """Makes the call; gives what it returns, or raises as the client does."""
    cause: str | None
    """What the diagnosis has to say; None for a call without fault."""


PLAYS: tuple[Play, ...] = (
    Play(
        "a correct call",
        "Client(account_sid, auth_token).messages.create(...)",
        lambda: calls.send(LIVE.sid, LIVE.auth_token),
        None,
    ),
    Play(
        "the arguments the wrong way round",
        "Client(auth_token, account_sid).messages.create(...)",
        lambda: calls.send(LIVE.auth_token, LIVE.sid),
        "halves-swapped",
    ),
    Play(
        "a token file that ends with a line feed",
        'Client(account_sid, open("token").read()).messages.create(...)',
        lambda: calls.send(LIVE.sid, LIVE.auth_token + "\n"),
        "stray-characters",
    ),
    Play(
        "the variables are not set",
        "Client().messages.create(...)",
        lambda: calls.send(None, None),
        "unset-credentials",
    ),
    Play(
        "the values of an example",
        'Client("ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "your_auth_token").messages.create(...)',
        lambda: calls.send("AC" + "x" * 32, "your_auth_token"),
        "placeholder-value",
    ),
    Play(
        "a good API key, and a health check that it may not make",
        "Client(api_key_sid, api_key_secret, account_sid).api.accounts(account_sid).fetch()",
        calls.check_account_with_key,
        "key-lacks-reach",
    ),
    Play(
        "an API key secret with the Account SID",
        "Client(account_sid, api_key_secret).messages.create(...)",
        lambda: calls.send(LIVE.sid, STANDARD_KEY.secret),
        "secret-with-account-sid",
    ),
    Play(
        "an API key, and no account for the path",
        "Client(api_key_sid, api_key_secret).messages.create(...)",
        lambda: calls.send(STANDARD_KEY.sid, STANDARD_KEY.secret),
        "key-sid-as-account",
    ),
    Play(
        "the SID of a Messaging Service",
        "Client(messaging_service_sid, auth_token).messages.create(...)",
        lambda: calls.send(SERVICE, LIVE.auth_token),
        "wrong-kind-of-sid",
    ),
    Play(
        "an API key of the main account, and a subaccount",
        "Client(api_key_sid, api_key_secret, subaccount_sid).messages.create(...)",
        calls.send_for_subaccount,
        "parent-key-on-subaccount",
    ),
    Play(
        "a token made in Ireland, and region and edge forgotten",
        "Client(account_sid, token_of_ie1).messages.create(...)",
        calls.send_without_region,
        "region-mismatch",
    ),
    Play(
        "a redirect that loses the header",
        'urllib3 ... request("GET", "http://api.twilio.com/...", headers=basic_auth)',
        calls.redirected,
        "stripped-on-redirect",
    ),
    Play(
        "base64 broken by a line feed",
        'headers["Authorization"] = "Basic " + encode64(pair)   # LF after 60 characters',
        calls.wrapped,
        "base64-line-wrapped",
    ),
    Play(
        "good credentials, a trial account and a paid feature",
        "Client(trial_sid, trial_token).balance.fetch()",
        lambda: calls.balance(TRIAL.sid, TRIAL.auth_token),
        "feature-gate",
    ),
    Play(
        "a token that worked until somebody rotated it",
        "Client(account_sid, auth_token).messages.create(...)   # as in the first call",
        calls.send_after_rotation,
        "worked-then-refused",
    ),
)


def main() -> int:
    """Run every play; one JSON line each: name, and what was returned or raised."""
    for variable in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_REGION", "TWILIO_EDGE"):
        os.environ.pop(variable, None)
    for play in PLAYS:
        try:
            told = {"returned": play.run()}
        except Exception as error:  # noqa: BLE001 - whatever the client raises is what is shown
            told = {"raised": f"{type(error).__module__}.{type(error).__qualname__}", "text": str(error)}
        sys.stdout.write(json.dumps({"name": play.name, **told}) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
