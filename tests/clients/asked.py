"""What every program here asks for, from the same variables that Twilio's libraries read; and how it ends."""

import os
import sys
from typing import NoReturn

SID, TOKEN = os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"]
URL = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages.json?PageSize=1"


def end(status: int) -> NoReturn:
    """Exit code 0 for an answer with 200, 3 for one with 401."""
    sys.exit({200: 0, 401: 3}.get(status, 4))
