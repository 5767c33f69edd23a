"""What the variables are called that credentials are kept in, who reads them by itself, and how the names are misspelt.

Sources: docs/facts.md 9.1 (the libraries and the CLI), docs/facts.md 3.2 (region and edge); the other names are
those of Twilio's own examples and of public repositories (read 2026-11-21).
"""

import re
from collections.abc import Mapping

from analyzers.expected import Role

# No helper library reads the names of an API key, but programs do: docs/facts.md 9.1 (read 2026-11-20)
ROLES: Mapping[str, Role] = {
    "TWILIO_ACCOUNT_SID": Role.ACCOUNT_SID,
    "TWILIO_AUTH_TOKEN": Role.AUTH_TOKEN,
    "TWILIO_API_KEY": Role.KEY_SID,
    "TWILIO_API_KEY_SID": Role.KEY_SID,
    "TWILIO_API_SECRET": Role.KEY_SECRET,
    "TWILIO_API_KEY_SECRET": Role.KEY_SECRET,
    "TWILIO_TEST_ACCOUNT_SID": Role.TEST_ACCOUNT_SID,
    "TWILIO_TEST_AUTH_TOKEN": Role.TEST_AUTH_TOKEN,
}
"""Names that Twilio's libraries, its CLI and its documentation use, and what stands in them."""
REGION, EDGE = "TWILIO_REGION", "TWILIO_EDGE"
BY_LIBRARIES = frozenset({"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", REGION, EDGE})
"""What helper libraries read by themselves: python, node, java, php and go; csharp and ruby read none."""
BY_CLI = BY_LIBRARIES | {"TWILIO_API_KEY", "TWILIO_API_SECRET"}
NOT_READING = ("twilio-csharp", "twilio-ruby")
"""Libraries that read no variable at all."""
FILE_SUFFIX = "_FILE"
"""Of a variable that names a file with the value in it, as images do: docs.docker.com/compose/how-tos/use-secrets."""

# Names that programs use in place of the ones above, compared without case, underscores and a doubled l.
_MEANT: Mapping[str, str] = {
    **dict.fromkeys(
        ("twiliosid", "twilioaccountsid", "twilioacctsid", "twilioaccountid", "twilioaccount", "accountsid"),
        "TWILIO_ACCOUNT_SID",
    ),
    **dict.fromkeys(
        ("twiliotoken", "twilioauthtoken", "twilioauth", "twilioaccounttoken", "twilioauthkey", "authtoken"),
        "TWILIO_AUTH_TOKEN",
    ),
    **dict.fromkeys(("twiliokey", "twilioapisid", "twilioapikeyid", "twiliokeysid", "twilioapikey"), "TWILIO_API_KEY"),
    **dict.fromkeys(
        ("twiliosecret", "twiliokeysecret", "twilioapitoken", "twilioapisecret", "twiliosecretkey"), "TWILIO_API_SECRET"
    ),
    **dict.fromkeys(("twilioregionid", "twilioregion"), REGION),
    **dict.fromkeys(("twilioedgelocation", "twilioedge"), EDGE),
}
_LONGEST = 64
_FORM = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OURS = re.compile(r"twil{1,2}io|twillo|^(?:account_?sid|auth_?token)$", re.IGNORECASE)


def concerns_twilio(name: str) -> bool:
    """Whether a variable of this name may hold something for Twilio."""
    return len(name) <= _LONGEST and _FORM.fullmatch(name) is not None and _OURS.search(name) is not None


def meant_name(name: str) -> str:
    """The name that libraries or the CLI read and that `name` stands for; empty where that cannot be told.

    ``TWILIO_SID`` and ``twilio_account_sid`` stand for ``TWILIO_ACCOUNT_SID``; a name that is read stands for itself.
    """
    if name in BY_CLI:
        return name
    plain = name[:_LONGEST].lower().replace("_", "").replace("-", "").replace("twillio", "twilio")
    return _MEANT.get(plain.replace("twillo", "twilio"), "") if name not in ROLES else ""


__all__ = [
    "BY_CLI",
    "BY_LIBRARIES",
    "EDGE",
    "FILE_SUFFIX",
    "NOT_READING",
    "REGION",
    "ROLES",
    "concerns_twilio",
    "meant_name",
]
