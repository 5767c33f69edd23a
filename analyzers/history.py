"""Bounded memory over the exchanges of one capture: what of the rest bears on one case.

Every table is a least-recently-used map of fixed size and every step costs the same, however long the capture runs.
Secrets are kept only as keyed digests (and, for checking the signatures of tokens, as prepared HMAC states); the key
belongs to the capture and is never written anywhere.

What is learnt does not depend on the order of concurrent exchanges. A case may be asked about again later: what came
after it counts too.
"""

import hashlib
import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import field

from analyzers.accounts import AccountFact, accounts_in, is_account_resource
from analyzers.bearing import Bearing, Hop, Sighting, Signature, Tap
from analyzers.bounded import Bounded
from analyzers.case import Case
from analyzers.credential import Bearer, Broken, Pair
from analyzers.endpoint import endpoint_of
from analyzers.exchange import REDIRECTS, Exchange, Request, Response
from analyzers.expected import Expected, Role
from analyzers.findings import Verdict
from analyzers.flaws import Flaw
from analyzers.frozen import dataclass
from analyzers.redirect_chains import RedirectChains, client_key
from analyzers.signing import Signer
from analyzers.timeline import Deed, Last, Timeline, Track, earlier, settled
from analyzers.tokens import Token
from analyzers.twilio import ACCOUNT_SID, Kind, kind_of, near_sid
from analyzers.urls import url_key

# A challenge-first client answers a 401 at once (wget: within milliseconds, docs/clients.md 2).
CHALLENGE_SECONDS = 30.0
_ITEM = re.compile(rb"([^?]{1,200}/[A-Z]{2})[0-9a-fA-F]{32}((?:\.json)?)")
"""The path of one of many things: all but its number."""
_SECRETS_PER_USER = 6
_RECORDS_PER_REQUEST = 4
_SHARED = ()
"""In the place of the recordings that carry one Twilio-Request-Id: they are of several requests, so it says nothing."""

News = Sequence[Hashable]
"""Keys of what was learnt; equal to those that `History.concerns` gives for the cases that it may change."""


class _User:
    """What is known of one username: the secrets that Twilio accepted with it, and when it was refused."""

    __slots__ = ("accepted", "latest", "refused", "signers")

    def __init__(self) -> None:
        self.accepted: dict[tuple[str, bytes], Last] = {}
        self.latest = Last()
        self.refused = Last()
        self.signers: dict[bytes, tuple[Signer, int]] = {}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a 2xx of a value has to be noted without decoding it."""

    lasts: tuple[Last, ...]
    refusals: tuple[Last, ...]
    """What would make the next 2xx here news."""

    def is_calm(self, at: float | None) -> bool:
        """Whether one more 2xx at this time changes nothing: none was refused since, and it was not recorded late."""
        for refused in self.refusals:
            if refused.index >= 0 and not all(settled(last, refused) for last in self.lasts):
                return False
        if at is not None:
            for last in self.lasts:  # what began before the last known one is perhaps the first
                if last.at is not None and at < last.at:
                    return False
        return True


@dataclass(frozen=True, slots=True)
class _Record:
    """One refused exchange as another recording of the same request would have to match it."""

    index: int
    started: float | None
    finished: float | None
    host: str
    twilio: bool
    value: bytes | None = field(repr=False)
    had_pair: bool
    address: str | None
    way: tuple[object, ...]


class History:
    """What the capture has shown so far. `size` bounds each table."""

    def __init__(self, key: bytes, size: int = 4096, expected: Sequence[Expected] = ()) -> None:
        """`key` makes the digests of secrets useless outside this capture."""
        self._keyed = hashlib.blake2b(key=key[:64], digest_size=16)
        self._redirects = RedirectChains(size)
        self._followed: Bounded[int, tuple[Hop, ...]] = Bounded(size)
        self._timelines: Bounded[bytes, Timeline] = Bounded(size)
        self._values: Bounded[tuple[object, ...], _Place] = Bounded(size)
        self._calls: Bounded[tuple[str, Hashable], Deed] = Bounded(size)
        self._users: Bounded[bytes, _User] = Bounded(size)
        self._secrets: Bounded[bytes, frozenset[Kind]] = Bounded(size)
        self._accounts: Bounded[bytes, AccountFact] = Bounded(size)
        self._requests: Bounded[str, tuple[_Record, ...]] = Bounded(size)
        self._ways: Bounded[tuple[object, ...], tuple[_Record, ...]] = Bounded(size)
        self._challenges: Bounded[tuple[object, ...], tuple[int, float | None]] = Bounded(size)
        self._answered: Bounded[int, float] = Bounded(size)
        self._waiting_until: float | None = None
        self._fingerprints: Bounded[bytes, int] = Bounded(size)
        self._flaws: frozenset[Flaw] = frozenset()
        self._expected = tuple(_signers_of(expected))
        self.version = 0
        """Changes whenever something is learnt that may bear on another case."""
        self._numbered = 0

    # --- asking -------------------------------------------------------------------------------------------------------
    def fingerprint(self, secret: bytes) -> str:
        """``sec#1``, ``sec#2`` ...: equal for equal secrets of this capture, and useless outside it."""
        digest = self._digest(secret)
        number = self._fingerprints.get(digest)
        if number is None:
            self._numbered += 1
            number = self._numbered
            self._fingerprints.put(digest, number)
        return f"sec#{number}"

    def hops(self, exchange: Exchange, index: int) -> tuple[Hop, ...]:
        """The redirects that led to `exchange`, number `index` of the capture, oldest first."""
        return self._followed.get(index) or self._redirects.hops(exchange, index)

    def bearing(self, case: Case, index: int | None = None) -> Bearing:
        """What was seen before and after `case` that bears on it.

        `index` is its place in the capture; None for one that comes after all that was observed.
        """
        place = index if index is not None else 1 << 60
        here = _sighting(case, place)
        pair = case.pair
        timeline = self._timeline_of(case)
        track = timeline.tracks.get((here.host, here.account)) if timeline else None
        worked = track.worked_before(here) if track else None
        accepted = timeline.accepted() if timeline else ()
        username = pair.username if pair else b""
        account = case.endpoint.account or b""
        of_path, of_user = self._accounts.get(account), self._accounts.get(username)
        known = of_path or of_user
        return Bearing(
            hops=self.hops(case.exchange, place),
            pair_accepted=next((one.index for one in accepted if one.host == here.host), None) if pair else None,
            secret_accepted_with=self._accepted_with(pair),
            flaws_accepted=self._flaws,
            challenge_answered=self._answered.get(place),
            accepted=accepted,
            worked=worked,
            works_again=track.works_after(here) if track else None,
            did_this=timeline.did(_deed(case), here) if timeline and timeline.knows_deeds else None,
            failed_first=_failed_first(track, worked, here),
            rivals=self._rivals(pair),
            path_account_works=self._works(account, username),
            path_owner=of_path.owner if of_path else None,
            username_owner=of_user.owner if of_user else None,
            account_status=known.status if known else "",
            taps=self._taps(case, place),
            signatures=tuple(self._signatures(case)),
        )

    def concerns(self, case: Case, index: int) -> tuple[Hashable, ...]:
        """The keys of all that may change the bearing on `case`, at the place `index` of the capture."""
        keys: list[Hashable] = [("answered", index), ("flaws",), ("url", url_key(case.exchange))]
        pair = case.pair
        if (digest := self._credential_digest(case)) is not None:
            keys.append(("credential", digest))
        if pair is not None:
            keys += [("user", pair.username), ("secret", self._digest(pair.password)), ("account", pair.username)]
        if case.endpoint.account:
            keys += [("user", case.endpoint.account), ("account", case.endpoint.account)]
        if case.answer and case.answer.request_id:
            keys.append(("request", case.answer.request_id))
        if (way := _way(case)) is not None:
            keys.append(("way", way))
        for token in case.tokens[:1]:
            keys += [("user", name) for name in _names_in(token)]
        return tuple(keys)

    # --- learning -----------------------------------------------------------------------------------------------------
    def knows_success(self, exchange: Exchange, index: int) -> bool:
        """As `knows`, for an exchange that was read already."""
        request = exchange.request
        authorization = request.first(b"authorization")
        if authorization is None:
            return False
        agent = request.first(b"user-agent") or b""
        call = (request.method, request.host, request.target)
        return self.knows(call, authorization, (exchange.client_address, agent), exchange.started_at, index)

    def knows(
        self,
        call: tuple[str, str, bytes],
        authorization: bytes,
        client: tuple[str | None, bytes],
        at: float | None,
        index: int,
    ) -> bool:
        """Remember a 2xx of credentials that had one for such a call before, undecoded; False if it is news.

        Most traffic is this: the same value, accepted by the same host for the same account and kind of call, and
        nothing that was refused since. `call` is method, host and target.
        """
        if self._waiting_until is not None and (at is None or at <= self._waiting_until):
            return False
        method, host, target = call
        if self._redirects.awaits(host, at):
            return False
        kind = self._kind_of_call(method, target)
        if kind is None:
            return False
        place = self._values.get((self._digest(authorization), host, kind, client))
        if place is None or not place.is_calm(at):
            return False
        for last in place.lasts:
            last.index, last.at = index, at
        return True

    def _kind_of_call(self, method: str, target: bytes) -> Deed | None:
        key = (method, _shape(target))
        found = self._calls.get(key)
        if found is None and (found := _kind_of(method, target)) is not None:
            self._calls.put(key, found)
        return found

    def latest(self, case: Case) -> Last | None:
        """The last 2xx that the credential of `case` got anywhere, as it moves on; None where it is not known."""
        timeline = self._timeline_of(case)
        return timeline.latest if timeline else None

    def refusals(self, case: Case) -> tuple[Last, ...]:
        """Where a repetition of the refused `case` has to be noted, with `Last.move_on`, without reading it."""
        timeline, pair = self._timeline_of(case), case.pair
        user = self._users.get(pair.username) if pair else None
        return tuple(known.refused for known in (timeline, user) if known is not None)

    def observe(self, case: Case, index: int, *, refused: bool) -> News:
        """Remember `case`, which has the place `index` in the capture. Gives the keys of what is news."""
        news: list[Hashable] = []
        exchange = case.exchange
        response = exchange.response
        self._redirects.follow(exchange, index)
        if response is None:
            return news
        if response.status in REDIRECTS:
            if (target := self._redirects.put(index, case)) is not None:
                news.append(("url", target))
        elif 200 <= response.status < 300:  # a 1xx comes before anybody has looked at credentials
            self._succeeded(index, case, news)
        elif refused:
            self._refused(index, case, news)
        if news:
            self.version += 1
        return news

    def _succeeded(self, index: int, case: Case, news: list[Hashable]) -> None:
        exchange = case.exchange
        if case.credentials and len(self._challenges):
            self._answer_challenge(exchange, news)
        response = exchange.response
        proves = case.endpoint.twilio and case.endpoint.asks_for_credentials
        # A preflight is answered before anybody looks at credentials.
        if response is None or not proves or not case.credentials or exchange.request.method == "OPTIONS":
            return
        if not (case.answer and case.answer.by_twilio) and _is_page(response):
            return  # a captive portal or a proxy answers in Twilio's place
        if is_account_resource(case.endpoint):
            self._learn_accounts(accounts_in(response), news)
        digest = self._credential_digest(case)
        if digest is None:
            return
        sighting = _sighting(case, index)
        timeline = self._made_timeline(digest)
        track = timeline.accept(sighting, _deed(case) if _is_limited(case) else None)
        news.append(("credential", digest))
        lasts, refusals = [track.accepted_last, timeline.latest], [timeline.refused]
        if (pair := case.pair) is not None:
            user = self._accept_pair(pair, case, sighting, news)
            lasts += [user.latest, next(reversed(user.accepted.values()))]
            refusals.append(user.refused)
        request = exchange.request
        kind = self._kind_of_call(request.method, request.target)
        if kind is not None and (value := request.first(b"authorization")) is not None:
            key = (self._digest(value), request.host, kind, client_key(exchange))
            self._values.put(key, _Place(tuple(lasts), tuple(refusals)))

    def _made_timeline(self, digest: bytes) -> Timeline:
        timeline = self._timelines.get(digest)
        if timeline is None:
            timeline = Timeline()
            self._timelines.put(digest, timeline)
        return timeline

    def _made_user(self, username: bytes) -> _User:
        user = self._users.get(username)
        if user is None:
            user = _User()
            self._users.put(username, user)
        return user

    def _accept_pair(self, pair: Pair, case: Case, sighting: Sighting, news: list[Hashable]) -> _User:
        if isinstance(case.credential, Broken):
            flaws = {fault.flaw for fault in case.credential.faults}
            if not self._flaws.issuperset(flaws):
                self._flaws |= flaws
                news.append(("flaws",))
        digest, kind = self._digest(pair.password), kind_of(pair.username)
        kinds = self._secrets.get(digest) or frozenset()
        if kind not in kinds:
            self._secrets.put(digest, kinds | {kind})
            news.append(("secret", digest))
        user = self._made_user(pair.username)
        last = user.accepted.pop((sighting.region, digest), None) or Last()
        last.note(sighting)
        user.latest.note(sighting)
        user.accepted[sighting.region, digest] = last
        if len(user.accepted) > _SECRETS_PER_USER:
            del user.accepted[next(iter(user.accepted))]
        if digest not in user.signers and kind in _SIDS:
            user.signers[digest] = (Signer(pair.password), sighting.index)
            if len(user.signers) > _SECRETS_PER_USER:
                del user.signers[next(iter(user.signers))]
        news.append(("user", pair.username))
        return user

    def _learn_accounts(self, facts: tuple[AccountFact, ...], news: list[Hashable]) -> None:
        for fact in facts:
            if self._accounts.get(fact.sid) != fact:
                self._accounts.put(fact.sid, fact)
                news.append(("account", fact.sid))

    def _refused(self, index: int, case: Case, news: list[Hashable]) -> None:
        exchange = case.exchange
        response = exchange.response
        if response is None:
            return
        if response.status == 401 and not case.credentials:
            ended = exchange.finished_at or exchange.started_at
            key = (client_key(exchange), exchange.request.method, url_key(exchange))
            self._challenges.put(key, (index, ended))
            self._waiting_until = max(self._waiting_until or 0.0, (ended or 0.0) + CHALLENGE_SECONDS)
        if case.endpoint.twilio and response.status in {401, 403}:
            sighting = _sighting(case, index)
            if (digest := self._credential_digest(case)) is not None:
                self._made_timeline(digest).refuse(sighting)
            if (pair := case.pair) is not None:
                self._made_user(pair.username).refused.note(sighting)
        if hops := self._redirects.hops(exchange, index):
            self._followed.put(index, hops)
        self._record(index, case, news)

    def _answer_challenge(self, exchange: Exchange, news: list[Hashable]) -> None:
        challenge = self._challenges.pop((client_key(exchange), exchange.request.method, url_key(exchange)))
        if challenge is None:
            return
        index, ended = challenge
        gap = 0.0 if ended is None or exchange.started_at is None else exchange.started_at - ended
        if 0.0 <= gap <= CHALLENGE_SECONDS:
            self._answered.put(index, gap)
            news.append(("answered", index))

    # --- the same request at another place of its way -----------------------------------------------------------------
    def _record(self, index: int, case: Case, news: list[Hashable]) -> None:
        if not case.credentials and case.absence is not Verdict.CONFIRMED:
            return  # the recording may have lost the header: this side proves nothing
        record = self._recorded(index, case)
        request_id = case.answer.request_id if case.answer else None
        if request_id is not None:
            self._record_answered(request_id, record, news)
        if (way := _way(case)) is not None:
            others = self._ways.get(way) or ()
            self._ways.put(way, (*others, record)[-_RECORDS_PER_REQUEST:])
            if any(_encloses(one, record) or _encloses(record, one) for one in others):
                news.append(("way", way))

    def _record_answered(self, request_id: str, record: _Record, news: list[Hashable]) -> None:
        others = self._requests.get(request_id)
        if others == _SHARED:
            return
        others = others or ()
        if any(_are_two(one, record) for one in others):
            self._requests.put(request_id, _SHARED)
            if len(others) > 1:
                news.append(("request", request_id))  # what was taken for one request may not be one
            return
        self._requests.put(request_id, (*others, record)[-_RECORDS_PER_REQUEST:])
        if any(_same_request(one, record) for one in others):
            news.append(("request", request_id))

    def _recorded(self, index: int, case: Case) -> _Record:
        exchange = case.exchange
        value = exchange.request.first(b"authorization")
        pair = case.legible
        return _Record(
            index,
            exchange.started_at,
            exchange.finished_at,
            exchange.request.host,
            case.endpoint.twilio,
            None if value is None else self._digest(value),
            pair is not None and near_sid(pair.username),
            exchange.client_address,
            _way_of(exchange),
        )

    def _taps(self, case: Case, place: int) -> tuple[Tap, ...]:
        request_id = case.answer.request_id if case.answer else None
        certain = (self._requests.get(request_id) or ()) if request_id else ()
        way = _way(case)
        near = (self._ways.get(way) or ()) if way is not None else ()
        for one in (*certain, *near):
            if one.index != place:
                break
        else:
            return ()
        here = self._recorded(place, case)
        found = {
            one.index: _tap(one, here, certain=_is_certain(one, here)) for one in certain if _same_request(one, here)
        }
        for one in near:
            if one.index not in found and (_encloses(one, here) or _encloses(here, one)):
                found[one.index] = _tap(one, here, certain=False)
        return tuple(tap for index, tap in found.items() if index != place)

    # --- secrets, users, tokens ---------------------------------------------------------------------------------------
    def _rivals(self, pair: Pair | None) -> tuple[Sighting, ...]:
        user = self._users.get(pair.username) if pair else None
        if pair is None or user is None or not user.accepted:
            return ()
        digest = self._digest(pair.password)
        found: dict[str, Sighting] = {}
        for (region, secret), last in user.accepted.items():
            rival = last.sighting
            if secret != digest and rival is not None and (region not in found or earlier(found[region], rival)):
                found[region] = rival
        return tuple(found[region] for region in sorted(found))

    def _accepted_with(self, pair: Pair | None) -> frozenset[Kind]:
        if pair is None or not len(self._secrets):
            return frozenset()
        return self._secrets.get(self._digest(pair.password)) or frozenset()

    def _works(self, account: bytes, username: bytes) -> Sighting | None:
        user = self._users.get(account) if account and account != username else None
        return user.latest.sighting if user else None

    def _signatures(self, case: Case) -> Iterator[Signature]:
        for token in case.tokens[:1]:
            for name in _names_in(token):
                kind, user = kind_of(name), self._users.get(name)
                if user is None or kind not in _SIDS:
                    continue
                for signer, index in user.signers.values():
                    yield Signature(kind=kind, verifies=signer.verifies(token.raw), index=index)
            for kind, source, signer in self._expected:
                yield Signature(kind=kind, verifies=signer.verifies(token.raw), index=None, source=source)

    def _timeline_of(self, case: Case) -> Timeline | None:
        digest = self._credential_digest(case)
        return None if digest is None else self._timelines.get(digest)

    def _credential_digest(self, case: Case) -> bytes | None:
        credential = case.credential
        if isinstance(credential, Bearer):
            return self._digest(b"bearer " + credential.token)
        pair = case.pair
        return None if pair is None else self._digest(pair.username + b":" + pair.password)

    def _digest(self, secret: bytes) -> bytes:
        state = self._keyed.copy()  # at half the cost of one with the key made each time
        state.update(secret)
        return state.digest()


def _is_page(response: Response) -> bool:
    """Whether a web page came back, which the REST API never sends."""
    if b"text/html" in (response.first(b"content-type") or b"").lower():
        return True
    return response.body[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _names_in(token: Token) -> tuple[bytes, ...]:
    """Whom a token speaks for: its account (sub) and its key (iss)."""
    return tuple(token.claim(name).encode("utf-8", "replace")[:100] for name in ("sub", "iss"))


def _shape(target: bytes) -> Hashable:
    """Equal for targets that differ only in the query, or in which of many messages, calls ... is asked for.

    Such calls are of one kind (`_kind_of`), and what a program fetches one by one need not be read one by one.
    """
    path = target.partition(b"?")[0]
    item = _ITEM.fullmatch(path)
    return path if item is None or item[1].endswith(b"/Accounts/AC") else item.groups()


def _kind_of(method: str, target: bytes) -> Deed | None:
    """What makes two calls of one value to one host the same to the history; None for one that has to be read.

    An Account resource is read every time: it tells who owns an account. A media file proves nothing.
    """
    endpoint = endpoint_of(Request(method=method, scheme="https", host="", port=443, target=target, headers=()))
    if is_account_resource(endpoint) or endpoint.is_media_file:
        return None
    if not endpoint.resource or not _is_sid_or_none(endpoint.account):
        return None
    return method, endpoint.account, endpoint.resource


def _is_sid_or_none(account: bytes | None) -> bool:
    return account is None or ACCOUNT_SID.fullmatch(account) is not None


def _deed(case: Case) -> Deed:
    """The kind of a call: host, account, method and resource. Paths that need a Main key are all of one kind."""
    request, endpoint = case.exchange.request, case.endpoint
    if endpoint.needs_main_key:
        return request.host, "main"
    return request.host, endpoint.account, request.method, endpoint.resource


def _is_limited(case: Case) -> bool:
    """Whether the credential may lack rights: a key or a token; an account with its Auth Token has all."""
    pair = case.pair
    return pair is None or kind_of(pair.username) is not Kind.ACCOUNT_SID


def _sighting(case: Case, index: int) -> Sighting:
    exchange, endpoint = case.exchange, case.endpoint
    account = endpoint.account
    return Sighting(
        index=index,
        at=exchange.started_at,
        method=exchange.request.method,
        host=exchange.request.host,
        region=endpoint.region,
        account=account if account is not None and ACCOUNT_SID.fullmatch(account) else None,
        agent=(exchange.request.first(b"user-agent") or b"")[:120],
        address=exchange.client_address,
        issuer=exchange.tls_issuer,
    )


def _failed_first(track: Track | None, worked: Sighting | None, here: Sighting) -> Sighting | None:
    """The first refusal since the last success before `here`, but for `here` itself; None where that is not known."""
    since = track.failing_since if track is not None else None
    if since is None or worked is None or since.index == here.index or not earlier(worked, since):
        return None
    return since


def _way_of(exchange: Exchange) -> tuple[object, ...]:
    """What two recordings of one request have in common, unless a gateway changed its path."""
    request, response = exchange.request, exchange.response
    return request.method, hash(request.target), hash(request.body), response.status if response else 0


def _way(case: Case) -> tuple[object, ...] | None:
    """As `_way_of`; None where that says too little to compare by."""
    known = case.exchange.response is not None and case.endpoint.account and case.exchange.started_at is not None
    return _way_of(case.exchange) if known else None


def _same_request(one: _Record, other: _Record) -> bool:
    """Whether two recordings that carry one Twilio-Request-Id are of one request.

    A stand-in for Twilio may give every answer the same id, so something else has to speak for it: another host, or
    the same path and answer, from another client or the one wholly within the time of the other.
    """
    if one.index == other.index:
        return False
    if one.host != other.host:
        return not (one.twilio and other.twilio) and one.way[0] == other.way[0] and one.way[-1] == other.way[-1]
    return one.way == other.way and (one.address != other.address or _within(one, other) or _within(other, one))


def _is_certain(one: _Record, other: _Record) -> bool:
    """Whether no stand-in with one id for all answers can make two recordings look like those of `_same_request`.

    It can with two calls of one client at one time; a host of Twilio's gives every answer an id of its own.
    """
    return one.host != other.host or one.address != other.address or one.twilio


def _are_two(one: _Record, other: _Record) -> bool:
    """Whether two recordings that carry one Twilio-Request-Id show that it stands for several requests, as a mock's.

    On one host they differ in what a way through gateways leaves alone, or one client sent them one after the other.
    """
    if one.host != other.host:
        return False
    return one.way != other.way or (one.address == other.address and _one_after_the_other(one, other))


def _one_after_the_other(one: _Record, other: _Record) -> bool:
    """Whether the one had ended before the other began; not where a clock is missing."""
    if one.started is None or one.finished is None or other.started is None or other.finished is None:
        return False
    return one.finished < other.started or other.finished < one.started


def _encloses(outer: _Record, inner: _Record) -> bool:
    """Whether `inner`, sent to Twilio, ran wholly within `outer`, sent to another host: the two sides of a gateway."""
    if outer.twilio or not inner.twilio:
        return False
    return _within(inner, outer)


def _within(inner: _Record, outer: _Record) -> bool:
    """Whether `inner` began and ended while `outer` was under way."""
    times = [outer.started, inner.started, inner.finished, outer.finished]
    known = [time for time in times if time is not None]
    return len(known) == len(times) and known == sorted(known)


def _tap(other: _Record, here: _Record, *, certain: bool) -> Tap:
    if other.twilio != here.twilio:
        client_side = here.twilio
    elif other.started is None or here.started is None or other.started == here.started:
        client_side = other.index < here.index
    else:
        client_side = other.started < here.started
    return Tap(
        index=other.index,
        host=other.host,
        had_authorization=other.value is not None,
        same_value=other.value == here.value,
        had_pair=other.had_pair,
        client_side=client_side,
        certain=certain,
    )


_SIDS = frozenset({Kind.ACCOUNT_SID, Kind.KEY_SID})
_SIGNING = {Role.AUTH_TOKEN: Kind.ACCOUNT_SID, Role.KEY_SECRET: Kind.KEY_SID}


def _signers_of(expected: Sequence[Expected]) -> Iterator[tuple[Kind, str, Signer]]:
    for one in expected[:100]:
        if one.role in _SIGNING and one.value:
            yield _SIGNING[one.role], f"{one.name} from {one.source}", Signer(one.value)
