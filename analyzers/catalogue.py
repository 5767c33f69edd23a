"""The causes in the order in which a reader looks for one, and the error codes that speak for some of them.

The order of the registry is that of fixing; this one is that of asking: did credentials arrive, in which scheme, how
encoded, which values, for what, and who answered.
"""

ADVICE_HEADING = "Advice, beside any cause"

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Did credentials arrive?",
        (
            "no-authorization",
            "unset-credentials",
            "authorization-empty",
            "header-name-misspelt",
            "stripped-on-redirect",
            "stripped-by-intermediary",
            "sent-as-proxy-authorization",
            "credentials-elsewhere",
            "media-url-without-auth",
            "authorization-repeated",
            "authorization-overridden",
        ),
    ),
    (
        "Scheme",
        (
            "scheme-missing",
            "scheme-doubled",
            "scheme-unsupported",
            "bearer-with-basic-credentials",
            "basic-with-token",
        ),
    ),
    (
        "Encoding",
        (
            "not-base64",
            "base64-line-wrapped",
            "base64-alphabet",
            "base64-truncated",
            "base64-doubled",
            "charset-not-ascii",
            "percent-encoded-credentials",
            "colon-missing",
            "header-trailing-junk",
        ),
    ),
    (
        "Values",
        (
            "halves-swapped",
            "half-empty",
            "placeholder-value",
            "stray-characters",
            "sid-misshapen",
            "wrong-kind-of-sid",
            "username-not-a-sid",
            "sid-as-password",
            "token-misshapen",
            "secret-with-account-sid",
            "token-with-key-sid",
            "foreign-secret",
            "differs-from-environment",
        ),
    ),
    (
        "Scope: account, key, region, feature",
        (
            "key-sid-as-account",
            "path-account-missing",
            "account-mismatch",
            "parent-key-on-subaccount",
            "key-lacks-reach",
            "restricted-key-permission",
            "test-credentials",
            "region-mismatch",
            "dead-regional-host",
            "wrong-host",
            "account-inactive",
            "feature-gate",
            "oauth-only-endpoint",
        ),
    ),
    (
        "Tokens",
        (
            "bearer-expired",
            "bearer-not-yet-valid",
            "bearer-malformed",
            "access-token-as-bearer",
            "oauth-client-refused",
            "jwt-signed-with-auth-token",
            "jwt-claims-invalid",
            "client-validation-failed",
        ),
    ),
    (
        "History",
        (
            "worked-then-refused",
            "two-secrets-in-use",
            "pair-refused",
        ),
    ),
    (
        "Who answered?",
        (
            "answer-not-from-twilio",
            "body-on-get",
            "challenge-first-client",
            "browser-preflight",
            "redirect-changed-method",
        ),
    ),
)

# What each code says: docs/facts.md 1.6; on the path's account: docs/facts.md 0; 21222 and 21224, made by twilio-go
# itself: docs/facts.md 9.2; 407 is an HTTP status: RFC 9110 15.5.8 (read 2026-11-20). 20003 itself is not listed: every
# cause may end in it.
_INACTIVE = ("account-inactive",)
_PATH = ("key-sid-as-account", "path-account-missing")
_SIGNED = ("client-validation-failed",)
_TOKEN = ("jwt-claims-invalid", "jwt-signed-with-auth-token")
CODES: dict[int, tuple[str, ...]] = {
    407: ("answer-not-from-twilio",),
    10001: _INACTIVE,
    10002: ("feature-gate",),
    20004: ("redirect-changed-method",),
    20005: _INACTIVE,
    20006: ("restricted-key-permission",),
    20008: ("test-credentials",),
    20101: ("bearer-malformed",),
    20102: ("jwt-claims-invalid",),
    20103: _TOKEN,
    20104: ("bearer-expired", "jwt-claims-invalid"),
    20105: ("bearer-not-yet-valid",),
    20106: ("jwt-claims-invalid",),
    20107: ("jwt-signed-with-auth-token",),
    **dict.fromkeys((20151, 20152, 20153, 20154, 20158, 20159), _SIGNED),
    20155: ("bearer-not-yet-valid", *_SIGNED),
    20156: ("bearer-expired", *_SIGNED),
    20157: ("jwt-claims-invalid", *_SIGNED),
    20160: ("bearer-malformed", "jwt-claims-invalid", *_SIGNED),
    20403: ("account-inactive", "restricted-key-permission"),
    20404: ("path-account-missing", "account-mismatch", "wrong-host", "region-mismatch"),
    21222: ("stray-characters", "username-not-a-sid"),
    21224: ("stray-characters", "token-misshapen"),
    21470: _PATH,
    21471: _PATH,
    21472: _INACTIVE,
    45003: ("pair-refused",),
    57019: ("no-authorization", "scheme-unsupported"),
    57020: ("pair-refused",),
    57021: ("bearer-malformed", "bearer-expired"),
    70004: ("no-authorization", "restricted-key-permission", "pair-refused"),
    70051: ("restricted-key-permission", "account-inactive", "account-mismatch"),
    **dict.fromkeys((70052, 70053, *range(70153, 70157)), _SIGNED),
    90002: _PATH,
    90010: _INACTIVE,
    321401: ("oauth-client-refused",),
    322402: ("oauth-client-refused",),
}

# Twilio's own texts for 20003, in small letters, and the causes that each speaks for: docs/facts.md 1.1 and 1.2 (read
# 2026-11-20). The bare "Authenticate" stands at the end of whatever a library puts before it.
_GATE = ("feature-gate",)
TEXTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "no credentials provided",
        (
            "no-authorization",
            "unset-credentials",
            "stripped-on-redirect",
            "stripped-by-intermediary",
            "authorization-empty",
            "header-name-misspelt",
            "sent-as-proxy-authorization",
            "credentials-elsewhere",
        ),
    ),
    (
        "invalid username",
        (
            "username-not-a-sid",
            "wrong-kind-of-sid",
            "stray-characters",
            "sid-misshapen",
            "halves-swapped",
            "placeholder-value",
            "key-lacks-reach",
        ),
    ),
    ("trial account", _GATE),
    ("compliance profile", _GATE),
    ("policy evaluation failed", _GATE),
)
LAST_WORD: tuple[str, tuple[str, ...]] = (
    "authenticate",
    (
        "pair-refused",
        "worked-then-refused",
        "two-secrets-in-use",
        "secret-with-account-sid",
        "token-with-key-sid",
        "region-mismatch",
        "account-mismatch",
        "parent-key-on-subaccount",
        "test-credentials",
    ),
)

_PLACES = {slug: place for place, slug in enumerate(slug for _, slugs in GROUPS for slug in slugs)}
_HEADINGS = {slug: heading for heading, slugs in GROUPS for slug in slugs}


def heading_of(slug: str) -> str:
    """The heading under which a cause is listed; the last one for a cause that nobody has placed yet."""
    return _HEADINGS.get(slug, GROUPS[-1][0])


def place_of(slug: str) -> int:
    """Where a cause stands in the list; behind all others for one that nobody has placed yet."""
    return _PLACES.get(slug, len(_PLACES))
