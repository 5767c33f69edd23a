import sys

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

try:
    Client().api.v2010.account.fetch()
except TwilioRestException as error:
    sys.exit(3 if error.status == 401 else 4)
