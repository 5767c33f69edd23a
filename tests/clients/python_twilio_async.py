import asyncio
import sys

from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client


async def call() -> int:
    async with AsyncTwilioHttpClient() as http_client:
        try:
            await Client(http_client=http_client).api.v2010.account.fetch_async()
        except TwilioRestException as error:
            return 3 if error.status == 401 else 4
    return 0


sys.exit(asyncio.run(call()))
