"""With what an application would log in, as far as the settings tell, and the request that tries it out."""

import re
from collections.abc import Sequence

from analyzers.frozen import dataclass
from analyzers.preflight.remarks import winner
from analyzers.setting import Setting
from analyzers.twilio import ACCOUNT_SID, DOMAIN, REGIONS, Kind, core_of, kind_of
from analyzers.variable_names import EDGE, REGION

KEY_NAMES = ("TWILIO_API_KEY", "TWILIO_API_KEY_SID")
SECRET_NAMES = ("TWILIO_API_SECRET", "TWILIO_API_KEY_SECRET")
# No key but a main key may read an Account, every standard key may read messages; calls stand for them in au1, which
# lacks messages: docs/facts.md 4.2 and 3.4.
_ACCOUNT = "/2010-04-01/Accounts/{}.json"
_ACCOUNTS = "/2010-04-01/Accounts.json?PageSize=1"
_LIST = "/2010-04-01/Accounts/{}/{}.json?PageSize=1"
_WITHOUT_MESSAGES = "au1"
# docs/facts.md 3.3 (https://www.twilio.com/docs/global-infrastructure/understanding-edge-locations)
EDGES = frozenset(
    {"ashburn", "umatilla", "dublin", "frankfurt", "singapore", "sydney", "tokyo", "sao-paulo", "roaming"}
)
PRIVATE_EDGE = re.compile(r"[a-z]{3,16}-ix")


@dataclass(frozen=True, slots=True)
class Login:
    """A pair, and what goes with it."""

    sid: Setting
    secret: Setting
    account: Setting | None
    """What names the account of the path; None where nothing does."""
    region: Setting | None
    edge: Setting | None

    @property
    def is_key(self) -> bool:
        """Whether it is an API key by the names of its variables."""
        return self.sid.name in KEY_NAMES

    @property
    def host(self) -> str:
        """The host that helper libraries build of region and edge: docs/facts.md 3.2. Empty for names not known."""
        region, edge = _text(self.region), _text(self.edge)
        if (region and region not in REGIONS) or (edge and edge not in EDGES and not PRIVATE_EDGE.fullmatch(edge)):
            return ""
        labels = ["api", edge, region or ("us1" if edge else ""), DOMAIN]
        return ".".join(label for label in labels if label)

    @property
    def path(self) -> str:
        """A path that such a login may read, nothing but SIDs in it; empty where a key has no account."""
        account = self.account.value if self.account else b""
        is_key = self.is_key or kind_of(_core(self.sid)) is Kind.KEY_SID
        if not ACCOUNT_SID.fullmatch(account):
            return "" if is_key else _ACCOUNTS
        if not is_key:
            return _ACCOUNT.format(account.decode("ascii"))
        what = "Calls" if _text(self.region) == _WITHOUT_MESSAGES else "Messages"
        return _LIST.format(account.decode("ascii"), what)


def login_of(settings: Sequence[Setting]) -> Login | None:
    """The pair that helper libraries read, else the API key; None where neither is whole."""
    account, token = winner(settings, "TWILIO_ACCOUNT_SID"), winner(settings, "TWILIO_AUTH_TOKEN")
    key, secret = winner(settings, *KEY_NAMES), winner(settings, *SECRET_NAMES)
    region, edge = winner(settings, REGION), winner(settings, EDGE)
    if account and token and _holds(account) and _holds(token):
        return Login(account, token, account, region, edge)
    if key and secret and _holds(key) and _holds(secret):
        return Login(key, secret, account, region, edge)
    return None


def _holds(setting: Setting) -> bool:
    return bool(_core(setting))


def _core(setting: Setting) -> bytes:
    return setting.value[slice(*core_of(setting.value[:400]))]


def _text(setting: Setting | None) -> str:
    return setting.value[:100].decode("latin-1").lower() if setting else ""


__all__ = ["EDGES", "KEY_NAMES", "PRIVATE_EDGE", "SECRET_NAMES", "Login", "login_of"]
