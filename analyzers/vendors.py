"""What the credentials of other services look like, as data: prefix, whole form, and where each form is written down.

Only forms that no credential of Twilio can have: whatever is a SID or 32 letters and digits is never called foreign,
and a prefix without a mark of punctuation counts only with the whole form behind it.

Sources, where a row names none: https://github.com/gitleaks/gitleaks config/gitleaks.toml, commit b58d3f1 (2026-07-22);
docs/facts.md 2.3 has the vendors' own pages (read 2026-11-20).
"""

import re

from analyzers.frozen import dataclass
from analyzers.twilio import Kind, kind_of, near_sid

_LONGEST = 512
_LONGEST_MAIL = 254  # RFC 5321 4.5.3.1.3, without its angle brackets
_MAIL = re.compile(rb"[^@\s:/]{1,64}@[^@\s:/]+\.[^@\s:/.]+")
# A prefix alone: as much behind it as a key has, and a digit among that; "sk-production" is a name.
_SOME_KEY = re.compile(rb"(?=[^0-9]*[0-9])[0-9A-Za-z_.-]{16,}")


@dataclass(frozen=True, slots=True)
class Vendor:
    """One form of credential of another service."""

    name: str
    """Whose it is, as its users call it."""
    prefix: bytes
    """How it begins."""
    rest: bytes
    """The form of what stands behind that in a whole one: a pattern, compiled by `re` when first used."""
    alone: bool = True
    """Whether the prefix alone says something: not where it is all letters or a common word."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a value is taken for."""

    vendor: str
    whole: bool
    """Whether length and alphabet fit too, not only the prefix."""


# The first row that fits is taken, so a longer prefix stands before a shorter one.
VENDORS: tuple[Vendor, ...] = (
    # 69 characters: https://www.twilio.com/docs/sendgrid/api-reference/api-keys (read 2026-11-20)
    Vendor("SendGrid", b"SG.", rb"[\w-]{22}\.[\w-]{43}"),
    # https://docs.stripe.com/keys: sk, rk (restricted) and pk (publishable), each live and test (read 2026-11-20)
    *(
        Vendor("Stripe", kind + mode, rb"[0-9A-Za-z]{10,}")
        for kind in (b"sk_", b"rk_", b"pk_")
        for mode in (b"live_", b"test_")
    ),
    Vendor("Anthropic", b"sk-ant-", rb"[a-z]+\d\d-[\w-]{93}AA"),
    Vendor("OpenRouter", b"sk-or-v1-", rb"[0-9a-f]{64}"),
    *(
        Vendor("OpenAI", prefix, rb"[\w-]{20,}T3BlbkFJ[\w-]{20,}")
        for prefix in (b"sk-proj-", b"sk-svcacct-", b"sk-admin-")
    ),
    Vendor("OpenAI", b"sk-", rb"[0-9A-Za-z]{20}T3BlbkFJ[0-9A-Za-z]{20}", alone=False),
    # Others took the prefix over, with forms of their own: no whole form.
    Vendor("OpenAI or a service like it", b"sk-", rb"(?!)"),
    # https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available/
    *(Vendor("GitHub", prefix, rb"[0-9A-Za-z]{36,251}") for prefix in (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_")),
    Vendor("GitHub", b"github_pat_", rb"\w{82}"),
    Vendor("Google Cloud", b"AIza", rb"[\w-]{35}", alone=False),
    Vendor("Google OAuth", b"ya29.", rb"[\w-]{30,}"),
    # https://docs.slack.dev/authentication/tokens (read 2026-11-20)
    Vendor("Slack", b"xoxb-", rb"\d{10,13}-\d{10,13}[0-9A-Za-z-]*"),
    *(Vendor("Slack", prefix, rb"(?:\d{10,13}-){3}[0-9A-Za-z-]{28,34}") for prefix in (b"xoxp-", b"xoxe-")),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html: AKIA and, for some hours, ASIA
    *(Vendor("AWS", prefix, rb"[A-Z2-7]{16}", alone=False) for prefix in (b"AKIA", b"ASIA")),
    Vendor("Mailgun", b"key-", rb"[0-9a-f]{32}", alone=False),
    Vendor("DigitalOcean", b"dop_v1_", rb"[0-9a-f]{64}"),
    # https://gitlab.com/gitlab-org/gitlab/-/issues/342327; newer ones are longer and hold dots (read 2026-11-20)
    Vendor("GitLab", b"glpat-", rb"[\w.-]{20,}"),
    Vendor("Hugging Face", b"hf_", rb"[A-Za-z]{34}"),
    Vendor("npm", b"npm_", rb"[0-9A-Za-z]{36}"),
    Vendor("Shopify", b"shpat_", rb"[0-9a-fA-F]{32}"),
    Vendor("Meta", b"EAA", rb"[0-9A-Za-z]{100,}", alone=False),
)


def foreign(text: bytes) -> Foreign | None:
    """Whose credential `text` is, strays taken off before; None where it may be Twilio's, or is of no known form."""
    if len(text) > _LONGEST or kind_of(text) is not Kind.TEXT:
        return None
    for vendor in VENDORS:
        if not text.startswith(vendor.prefix):
            continue
        rest = text[len(vendor.prefix) :]
        if re.fullmatch(vendor.rest, rest):
            return Foreign(vendor.name, whole=True)
        if vendor.alone and _SOME_KEY.fullmatch(rest):
            return Foreign(vendor.name, whole=False)
    return None


def is_mail_address(text: bytes) -> bool:
    """Whether `text` is an e-mail address; not with a SID before the @, as when a URL was taken apart wrongly."""
    if len(text) > _LONGEST_MAIL or not _MAIL.fullmatch(text):
        return False
    return not near_sid(text.partition(b"@")[0])


__all__ = ["VENDORS", "Foreign", "Vendor", "foreign", "is_mail_address"]
