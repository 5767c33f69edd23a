"""Whether the recordings hold every exchange that was completed."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from analyzers.exchange import Exchange
from recordings.opening import read
from soak.plan import Kind, Plan, plan_of

_LIMIT: Final = 65_536
"""Bytes of a body that the reader keeps."""


def missing(path: Path, wanted: Mapping[int, Plan], *, redacted: bool) -> tuple[int, list[int], list[int]]:
    """How many are there; of the wanted ones those that are missing, and those that are not as the origin sent them."""
    left = set(wanted)
    changed: list[int] = []
    count = 0
    for exchange in read(path):
        count += 1
        plan = plan_of(exchange.request.target)
        if plan is None or plan.number not in left or plan != wanted[plan.number]:
            continue
        left.discard(plan.number)
        if not _is_as_sent(plan, exchange, redacted=redacted):
            changed.append(plan.number)
    return count, sorted(left), changed


def _is_as_sent(plan: Plan, exchange: Exchange, *, redacted: bool) -> bool:
    answer, response = plan.answer, exchange.response
    if plan.kind in {Kind.WEBSOCKET, Kind.UPGRADE}:
        return response is not None and response.status == 101
    if response is None or response.status != answer.status:
        return False
    if redacted:
        return True
    body = b"" if plan.method == b"HEAD" else answer.body
    if plan.kind is Kind.REFUSED_GZIP:
        body = gzip.decompress(body)
    same = response.body[:_LIMIT] == body[:_LIMIT] and exchange.request.body[:_LIMIT] == plan.asked[:_LIMIT]
    names = {name.lower() for name, _ in response.headers}
    return same and not any(name.startswith(b"why20003") for name in names)
