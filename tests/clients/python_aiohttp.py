import asyncio

import aiohttp
from asked import SID, TOKEN, URL, end


async def call() -> int:
    headers = {"Authorization": aiohttp.encode_basic_auth(SID, TOKEN)}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(URL) as answer:
        return answer.status


end(asyncio.run(call()))
