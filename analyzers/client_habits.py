"""What clients do about credentials by themselves, by the names that client.py gives them.

Helper libraries: docs/facts.md 9.1 (their sources, read 2026-11-20); other clients: docs/clients.md 2, 3 and 8
(measured 2026-11-20).
"""

from analyzers.bearing import Hop

SILENT = frozenset({"twilio-python", "twilio-go"})
"""Send the request without Authorization when a value is missing."""
RAISING = frozenset({"twilio-node", "twilio-java", "twilio-csharp", "twilio-php"})
"""Raise when a value is missing, and send nothing."""
WAITING = frozenset(
    {
        "wget",
        "wget2",
        "urllib.request",
        "httplib2",
        "Java HttpURLConnection",
        "java.net.http",
        "OkHttp",
        "Apache HttpClient",
        "httpclient (Ruby)",
        "LWP",
    }
)
"""Send credentials only after a challenge, in at least one of the ways to give them."""
WAITING_ALWAYS = WAITING - {"OkHttp", "LWP"}
"""Do so in every way but a header that the caller sets."""
URL_AFTER_CHALLENGE = frozenset({"wget", "wget2", "Apache HttpClient"})
"""Of these, the ones that send credentials from a URL, once a challenge asks for them; the others never send them."""
READS_NETRC = frozenset(
    {"python-requests", "HTTPie", "niquests", "wget", "wget2", "aria2c", "rest-client", "twilio-python"}
)
"""Take credentials from ~/.netrc without being told to, when none are given."""
MAY_READ_NETRC = frozenset({"curl", "pycurl", "httpx", "aiohttp"})
"""Take them from there when told to: curl -n, NetRCAuth, trust_env=True."""
NETRC_BEATS_HEADER = frozenset({"python-requests", "HTTPie"})
"""Prefer the entry even to an Authorization header that the caller has set."""
FOLLOWS_WITHIN = 5.0
"""Seconds after the answer in which a client follows a redirect; a person who tries again needs longer."""


def followed_at_once(hops: tuple[Hop, ...]) -> bool:
    """Whether one client followed all of `hops`, each as soon as a program does."""
    return all(hop.same_client and hop.gap is not None and hop.gap <= FOLLOWS_WITHIN for hop in hops)
