"""What happens elsewhere: somebody rotates the Auth Token, past the proxy, straight at the sandbox."""

import os
from pathlib import Path

ADDRESS = "WHY20003_SANDBOX"
"""Variable with the sandbox's address."""
CERTIFICATE = "WHY20003_SANDBOX_CA"
_PROMOTION = "https://accounts.twilio.com/v1/AuthTokens/Promote"


def environment(port: int, certificate: Path) -> dict[str, str]:
    """What an application has to know for `rotate`."""
    return {ADDRESS: f"http://127.0.0.1:{port}", CERTIFICATE: str(certificate)}


def rotate(account_sid: str, auth_token: str) -> str:
    """Promote the account's secondary Auth Token; gives the new one. From now on the old one is refused."""
    import requests

    with requests.Session() as elsewhere:
        elsewhere.trust_env = False
        elsewhere.proxies = {"https": os.environ[ADDRESS]}
        elsewhere.verify = os.environ[CERTIFICATE]
        answer = elsewhere.post(_PROMOTION, auth=(account_sid, auth_token), timeout=30)
        answer.raise_for_status()
        return str(answer.json()["auth_token"])
