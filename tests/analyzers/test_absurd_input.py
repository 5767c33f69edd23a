"""What no client sends on purpose: megabytes, thousands, bombs. Each is diagnosed, in linear time, without a crash."""

import base64
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from growth import assert_in_line

from analyzers.building import DATE, GOOD, KEY, MESSAGES, SID, TOKEN, accepted, basic, redirected, refused
from analyzers.capture import Capture, diagnose_all
from analyzers.card import Line, card
from analyzers.case import Case, case_of
from analyzers.contract import diagnosis_json
from analyzers.diagnosis import Diagnosis, diagnose
from analyzers.exchange import Exchange, Response
from analyzers.findings import Outcome
from analyzers.masking import mask_target, scrub
from analyzers.registry import RULES

MEGABYTE = 1 << 20
QUICK = 0.3
"""CPU seconds for a megabyte that need no second look."""
LARGEST_REPORT = 60_000

Build = Callable[[int], tuple[Exchange, ...]]


def fill(pattern: bytes, size: int) -> bytes:
    """`pattern` over and over, `size` bytes."""
    return (pattern * (size // len(pattern) + 1))[:size]


def jwt(claims: bytes, header: bytes = b'{"alg":"HS256","cty":"twilio-fpa;v=1"}') -> bytes:
    return b"Bearer " + b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in (header, claims, b"s"))


def answered(body: bytes, *headers: tuple[bytes, bytes]) -> Response:
    return Response(status=401, headers=((b"Twilio-Request-Id", b"RQ" + b"0" * 32), *headers), body=body)


def raw(pattern: bytes, prefix: bytes = b"") -> Build:
    """An Authorization value of one pattern, as it stands."""
    return lambda size: (refused(prefix + fill(pattern, size)),)


def halves(username: bytes, password: bytes) -> Build:
    """A pair of which ``*`` in a half stands for a pattern: the rest of the half, over and over."""

    def half(text: bytes, size: int) -> bytes:
        start, star, pattern = text.partition(b"*")
        return start + fill(pattern, size) if star else text

    return lambda size: (refused(basic(half(username, size // 2), half(password, size // 2))),)


VALUES: dict[str, Build] = {
    **{
        name: raw(pattern)
        for name, pattern in {
            "one-letter": b"a",
            "commas": b",",
            "nuls": b"\0",
            "basic-basic": b"Basic ",
            "bearer-bearer": b"Bearer ",
            "basic-colon": b"Basic:",
            "header-name": b"Authorization: ",
            "joined": GOOD + b", ",
            "joined-short": b"Basic x,",
            "percent-signs": b"%",
            "blanks": b" ",
            "quotes": b'"',
            "braces": b"{",
            "line-breaks": b"\r\n",
            "no-break-blanks": b"\xc2\xa0",
            "words": b"x ",
            "jwt-beginnings": b"eyJ.",
            "digest": b'Digest a="b", ',
            "hashes": b"0123456789abcdef",
        }.items()
    },
    **{
        f"basic-{name}": raw(pattern, b"Basic ")
        for name, pattern in {
            "one-letter": b"a",
            "commas": b",",
            "nuls": b"\0",
            "percent-signs": b"%",
            "percent-3d": b"%3D",
            "percent-0a": b"%0A",
            "blanks": b" ",
            "single-letters": b"a ",
            "tabs": b"a\t",
            "quotes": b'"',
            "two-quotes": b"'\"",
            "braces": b"{",
            "brackets": b"{{}}[]()",
            "lines": b"ab\r\n",
            "folded": b"abcd\n ",
            "line-feeds": b"\n",
            "padding": b"=",
            "padded-letters": b"a=",
            "dashes": b"a-_",
            "colons": b":",
            "clear-sids": SID + b":",
            "clear-pairs": SID + b":" + TOKEN + b" ",
            "zero-width": b"\xe2\x80\x8b",
            "high-bytes": b"\xff",
            "jwt-beginnings": b"eyJa",
            "jwt-dots": b"eyJ.",
        }.items()
    },
    "basic-clear-pair": raw(b"x", b"Basic " + SID + b":"),
    "blanks-then-pair": lambda size: (refused(b"Basic" + b" " * size + GOOD[6:]),),
    "bearer-dots": raw(b".", b"Bearer "),
    "bearer-lines": raw(b"ab\r\n", b"Bearer "),
    "bearer-blanks": raw(b"a ", b"Bearer "),
    "bearer-pair": lambda size: (refused(b"Bearer " + basic(SID, fill(b"x", size))[6:]),),
    "aws": raw(b"Credential=x/", b"AWS4-HMAC-SHA256 "),
    "base64": lambda size: (refused(b"Basic " + base64.b64encode(fill(b"abc", size * 3 // 4))),),
    "base64-of-base64": lambda size: (
        refused(b"Basic " + base64.b64encode(base64.b64encode(fill(SID + b":", size // 2)))),
    ),
    "utf-16": lambda size: (
        refused(b"Basic " + base64.b64encode(f"{SID.decode()}:{'x' * (size // 3)}".encode("utf-16"))),
    ),
    "pair-one-letter": halves(SID, b"*x"),
    "pair-binary": halves(SID, b"*" + bytes(range(256))),
    "pair-colons": halves(b"*:", b"*:"),
    "pair-blanks": halves(SID, b"* "),
    "pair-blank-username": halves(b"* ", TOKEN),
    "pair-quotes": halves(SID, b'*"'),
    "pair-line-feeds": halves(SID, TOKEN + b"*\n"),
    "pair-percent": halves(SID, b"*%20"),
    "pair-braces": halves(SID, b"*{{"),
    "pair-template": halves(SID, b"${*A"),
    "pair-words": halves(b"*your_", b"*token"),
    "pair-labels": halves(b"*sid=", b"*token="),
    "pair-schemes": halves(b"*Bearer ", TOKEN),
    "pair-fillers": halves(b"AC*x", b"*x"),
    "pair-hex": halves(b"AC*0", b"*0"),
    "pair-sid-words": halves(b"*AC ", TOKEN),
    "pair-quotation-marks": halves(SID, b"*\xe2\x80\x9c"),
    "pair-e-mail": halves(b"*a.@", TOKEN),
    "pair-other-service": halves(b"sk-*x-", b"ghp_*x"),
    "jwt-large-claims": lambda size: (refused(jwt(b'{"a":"%s"}' % fill(b"x", size))),),
    "jwt-deep-claims": lambda size: (refused(jwt(b'{"a":' * (size // 8))),),
    "jwt-deep-within-limits": lambda size: (refused(jwt(b'{"a":%s}' % (b"[" * 20_000 + b"]" * 20_000))),),
    "jwt-100000-deep": lambda size: (refused(jwt(b"[" * 100_000 + b"]" * 100_000)),),
    "jwt-many-claims": lambda size: (
        refused(jwt(json.dumps({str(i): i for i in range(min(size // 16, 4000))}).encode())),
    ),
    "jwt-long-number": lambda size: (refused(jwt(b'{"exp":%s}' % fill(b"9", min(size, 40_000)))),),
    "jwt-deep-header": lambda size: (refused(jwt(b"{}", b'{"a":%s}' % (b"[" * 20_000 + b"]" * 20_000))),),
    "jwt-large-header": lambda size: (refused(jwt(b"{}", b'{"a":"%s"}' % fill(b"x", size))),),
}


def with_target(pattern: bytes, prefix: bytes = b"") -> Build:
    return lambda size: (refused(path=prefix + fill(pattern, size)),)


def with_header(name: bytes, pattern: bytes, prefix: bytes = b"", value: bytes | None = GOOD) -> Build:
    return lambda size: (refused(value, extra=((name, prefix + fill(pattern, size)),)),)


def with_body(pattern: bytes, kind: bytes = b"", prefix: bytes = b"") -> Build:
    return lambda size: (refused(None, body=prefix + fill(pattern, size), extra=((b"Content-Type", kind),)),)


HERE = MESSAGES % SID
JSON, MULTIPART = b"application/json", b"multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
REQUESTS: dict[str, Build] = {
    "1000-authorizations": lambda size: (refused(extra=((b"Authorization", GOOD),) * 1000),),
    "10000-different-authorizations": lambda size: (
        refused(None, extra=tuple((b"Authorization", b"Basic %d" % i) for i in range(10_000))),
    ),
    "10000-headers": lambda size: (refused(None, extra=tuple((b"X-%d" % i, TOKEN) for i in range(10_000))),),
    "10000-misspelt-headers": lambda size: (
        refused(None, extra=tuple((b"Authorisation%d" % i, GOOD) for i in range(10_000))),
    ),
    "header-name": lambda size: (refused(None, extra=((fill(b"Authorization ", size), b"x"),)),),
    "path": with_target(b"a", b"/"),
    "path-digits": with_target(b"1", b"/"),
    "path-100000-slashes": lambda size: (refused(path=b"/" * 100_000),),
    "path-slashes": with_target(b"/"),
    "path-slashes-behind-accounts": with_target(b"/", b"/2010-04-01/Accounts"),
    "path-accounts": with_target(b"/Accounts/"),
    "path-account": with_target(b"x", b"/2010-04-01/Accounts/"),
    "path-account-percent": with_target(b"%20", b"/2010-04-01/Accounts/"),
    "path-account-braces": with_target(b"{", b"/2010-04-01/Accounts/"),
    "path-segments": with_target(b"/abcdef"),
    "path-sids": with_target(b"/" + SID),
    "path-dates": with_target(b"/2010-04-01"),
    "path-dots": with_target(b".", b"/"),
    "path-extensions": lambda size: (refused(path=b"/" + b".json" * (size // 5)),),
    "path-high-bytes": with_target(b"\xff", b"/"),
    "query": with_target(b"a", HERE + b"?"),
    "query-parameters": with_target(b"a=b&", HERE + b"?"),
    "query-ampersands": with_target(b"&", HERE + b"?"),
    "query-tokens": with_target(b"AuthToken=%s&" % TOKEN, HERE + b"?"),
    "query-percent": with_target(b"%41", HERE + b"?a="),
    "query-question-marks": with_target(b"?", HERE + b"?"),
    "path-and-password": lambda size: (
        refused(basic(SID, fill(b"abcdefg", size)), path=fill(b"/abcdef", size) + b"?" + fill(b"abcdef=&", size)),
    ),
    "agent": lambda size: (refused(agent=fill(b"a", size)),),
    "agent-browser": lambda size: (refused(agent=b"Mozilla/5.0 " + fill(b"Chrome ", size)),),
    "cookie": with_header(b"Cookie", b"x", b"token=", None),
    "cookies": with_header(b"Cookie", b"a=b; ", b"", None),
    "proxy-authorization": with_header(b"Proxy-Authorization", b"a ", b"Basic ", None),
    "forwarded-authorization": with_header(b"X-Forwarded-Authorization", b"a ", b"Basic ", None),
    "other-header": with_header(b"X-Api-Key", SID + b":" + TOKEN, b"", None),
    "via": with_header(b"Via", b"1.1 a, ", b"", None),
    "origin": with_header(b"Origin", b"http://", b"", None),
    "token-header": with_header(b"X-Twilio-Token", b"eyJ."),
    "validation-header": with_header(b"Twilio-Client-Validation", b"eyJ."),
    "validation-bomb": lambda size: (
        refused(extra=((b"Twilio-Client-Validation", jwt(b'{"a":' * (size // 8))[len(b"Bearer ") :]),)),
    ),
    "host": lambda size: (refused(host="a." * (size // 2) + "twilio.com"),),
    "host-dots": lambda size: (refused(host="." * size),),
    "host-misspelt": lambda size: (refused(host="twilio" * (size // 6) + ".com"),),
    "method": lambda size: (refused(method="A" * size),),
    "userinfo": lambda size: (replace(refused(), request=replace(refused().request, userinfo=fill(b"a:", size))),),
    "form": with_body(b"a=b&"),
    "form-ampersands": with_body(b"&"),
    "form-equals": with_body(b"="),
    "form-percent": with_body(b"%41"),
    "form-pairs": with_body(b"AccountSid=%s&AuthToken=%s&" % (SID, TOKEN)),
    "form-binary": with_body(bytes(range(256))),
    "json-deep-objects": with_body(b'{"a":', JSON),
    "json-deep-lists": with_body(b"[", JSON),
    "json-list": with_body(b'{"sid":"%s"},' % SID, JSON, b"["),
    "json-as-form": with_body(b'{"a":'),
    "multipart": with_body(PART, MULTIPART),
    "multipart-names": with_body(b'name="a"', MULTIPART),
    "multipart-lines": with_body(b'name="a"\nx\nx\nx\n', MULTIPART),
    "xml-body": with_body(b"<!ENTITY a 'b'>", b"text/xml", b"<!DOCTYPE x ["),
}


def with_answer(pattern: bytes, prefix: bytes = b"", suffix: bytes = b"") -> Build:
    return lambda size: (refused(answer=answered(prefix + fill(pattern, min(size // 16, 65_000)) + suffix)),)


MESSAGE = b'{"code":20003,"message":"'
ANSWERS: dict[str, Build] = {
    "message-sids": with_answer(SID + b" ", MESSAGE, b'"}'),
    "message-runs": with_answer(b"aB3/", MESSAGE, b'"}'),
    "message-plus": with_answer(b"+", MESSAGE, b'"}'),
    "message-nuls": with_answer(b"\\u0000", MESSAGE, b'"}'),
    "message-trial": with_answer(b"trial upgrade your ", MESSAGE, b'"}'),
    "message-suspended": with_answer(b"account is now ", MESSAGE, b'"}'),
    "message-annotations": with_answer(b" [why20003: ", MESSAGE, b'"}'),
    "page": with_answer(b"<html>"),
    "page-squid": with_answer(b"squid "),
    "json-deep": with_answer(b"["),
    "xml-deep": with_answer(b"<a>"),
    "xml-entities": with_answer(b"<!ENTITY a '&b;&b;'>", b"<!DOCTYPE x ["),
    "many-secrets-and-a-long-message": lambda size: (
        refused(
            None,
            extra=tuple((b"Authorization", b"Basic %x" % i) for i in range(size // 512)),
            answer=answered(MESSAGE + fill(b"a/", 65_000) + b'"}'),
        ),
    ),
    "challenges": lambda size: (refused(answer=answered(b"", *(((b"WWW-Authenticate", b"x"),) * 10_000))),),
    "challenge": lambda size: (refused(answer=answered(b"", (b"WWW-Authenticate", fill(b"Basic ", size)))),),
    "challenge-blanks": lambda size: (refused(answer=answered(b"", (b"WWW-Authenticate", b"Basic" + b" " * size))),),
    "server": lambda size: (refused(answer=answered(b"", (b"Server", fill(b"squi", size)))),),
    "date": lambda size: (refused(jwt(b'{"exp":1}'), answer=answered(b"", (b"Date", fill(b"Mon, 01 ", size)))),),
    "date-digits": lambda size: (refused(jwt(b'{"exp":1}'), answer=answered(b"", (b"Date", DATE + b"9" * size))),),
    "error-code": lambda size: (
        refused(answer=answered(b"", (b"X-Twilio-Error-Code", b"20003"), (b"X-Twilio-Error-Code", b"9" * size))),
    ),
}


def followed(location: bytes | None = None, prefix: bytes = b"", path: bytes | None = None) -> Build:
    """A redirect whose Location is a pattern, then a refused request without Authorization."""
    return lambda size: (
        redirected(GOOD, prefix + fill(location or b"a", size), path=fill(path, size) if path else None),
        refused(None, at=0.1),
    )


def account_resource(pattern: bytes, path: bytes = b"/2010-04-01/Accounts") -> Build:
    """A body on the resource that tells of accounts, then a refusal; 64 kB are all that is read."""
    return lambda size: (
        replace(
            accepted(path=path, method="GET"),
            response=Response(status=200, headers=(), body=fill(pattern, size // 16)),
        ),
        refused(at=1.0),
    )


CAPTURES: dict[str, Build] = {
    "location": followed(b"a", b"https://api.twilio.com/"),
    "location-parents": followed(b"../"),
    "location-slashes": followed(b"//"),
    "location-at-signs": followed(b"@", b"https://"),
    "location-here-and-back": followed(b"a/../", b"/"),
    "location-colons": followed(b":", b"https://["),
    "location-percent": followed(b"%41"),
    "location-tabs": followed(b"\t"),
    "location-from-a-long-path": lambda size: (
        redirected(GOOD, b"a", path=fill(b"/a", size)),
        refused(None, at=0.1),
    ),
    "location-up-a-long-path": lambda size: (
        redirected(GOOD, fill(b"../", 8000), path=fill(b"/a", size)),
        refused(None, at=0.1),
    ),
    "accounts-unclosed": account_resource(b"<Account>"),
    "accounts-sids": account_resource(b"<Account><Sid>"),
    "accounts-empty": account_resource(b"<Account></Account>"),
    "accounts-json": account_resource(b'{"accounts":[', b"/2010-04-01/Accounts.json"),
    "accounts-json-deep": account_resource(b"[", b"/2010-04-01/Accounts.json"),
    "different-secrets": lambda size: tuple(
        refused(basic(SID, b"%032x" % i), at=float(i)) for i in range(size // 8192)
    ),
    "different-keys": lambda size: tuple(
        refused(basic(b"SK%032x" % i, TOKEN), at=float(i)) for i in range(size // 8192)
    ),
    "success-and-refusal": lambda size: tuple(
        (accepted if i % 2 else refused)(basic(SID, b"%032x" % (i // 2)), at=float(i)) for i in range(size // 8192)
    ),
    "chain": lambda size: (
        *(
            redirected(GOOD, b"https://api.twilio.com/%d" % (turn + 1), path=b"/%d" % turn, at=turn / 100)
            for turn in range(size // 4096)
        ),
        refused(None, path=b"/%d" % (size // 4096), at=size / 409_600),
    ),
}

INPUTS = {**VALUES, **REQUESTS, **ANSWERS, **CAPTURES}
each_input = pytest.mark.parametrize("build", INPUTS.values(), ids=INPUTS)


def judged(exchanges: tuple[Exchange, ...]) -> list[Diagnosis]:
    """What live traffic is told, corrections included."""
    capture = Capture(b"key")
    results = [capture.add(exchange) for exchange in exchanges]
    found = [each for result in results for each in (result.diagnosis, *(one.now for one in result.corrections))]
    return [each for each in found if each is not None]


@each_input
def test_a_megabyte_is_told_in_short_and_in_time(build: Build) -> None:
    exchanges = build(MEGABYTE)
    start = time.process_time()
    found = judged(exchanges)
    spent = time.process_time() - start
    assert found
    assert {diagnosis.crashed for diagnosis in found} == {()}
    if spent >= QUICK:
        assert_in_line(judged, build, MEGABYTE)
    told, shown = json.dumps(diagnosis_json(found[-1])), text(card(found[-1]))
    assert len(told) < LARGEST_REPORT
    assert len(shown) < LARGEST_REPORT
    for place in range(len(TOKEN) - 4):
        assert (place, TOKEN[place : place + 5].decode() in told + shown) == (place, False)


@pytest.mark.parametrize("build", CAPTURES.values(), ids=CAPTURES)
def test_a_recording_is_judged_like_live_traffic(build: Build) -> None:
    exchanges = build(MEGABYTE // 8)
    live, recorded = judged(exchanges)[-1], diagnose_all(exchanges, b"key")[-1].diagnosis
    last = exchanges[-1].response
    assert last is not None
    if last.status >= 400:
        assert recorded is not None
        assert recorded.crashed == ()
        assert recorded.findings == live.findings


def text(lines: tuple[Line, ...]) -> str:
    return "\n".join("".join(span.text for span in line) for line in lines)


@pytest.mark.parametrize("size", [0, 1, 2, 7, 63, 64, 65, 4096, 65536])
def test_no_size_crashes(size: int) -> None:
    for name, build in VALUES.items():
        for diagnosis in judged(build(size)):
            assert (name, diagnosis.crashed) == (name, ())


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        (b"/a" * 50, "/a" * 50),
        (b"/a" * 51 + b"/b.json", "/a" * 49 + "/<3 segments>"),
        (b"/" * 100_000 + b"?a=b", "/" * 50 + "<99951 segments>?a=<1>"),
        (b"/a" + b".json" * 2, "/a.json.json"),
        (b"/" + b".json" * 9 + b".xml", "/<45 printable characters>.xml"),
        (b"/x?" + b"a=b&" * 1000, "/x?" + "&".join(["a=<1>"] * 50)),
    ],
)
def test_a_long_target_is_shown_in_short(target: bytes, shown: str) -> None:
    assert mask_target(target) == shown


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (f"a {SID.decode()}b {TOKEN.decode()} {KEY.decode()}", f"a <35 characters> <32 characters> {KEY.decode()}"),
        (f"{SID.decode()} \0 {KEY.decode()}", f"{SID.decode()} \ufffd {KEY.decode()}"),
        (f"{SID.decode()}/{TOKEN.decode()}", f"{SID.decode()}<33 characters>"),
    ],
)
def test_sids_stay_where_they_stood(message: str, shown: str) -> None:
    assert scrub(message) == shown


# --- a check that fails -------------------------------------------------------------------------------------------
REFUSALS = {
    "stray": refused(basic(SID, TOKEN + b"\n")),
    "no-header": refused(None, path=MESSAGES % b"None"),
    "well-formed": refused(),
    "key-as-account": refused(basic(KEY, TOKEN), path=MESSAGES % KEY),
}


def failing(error: BaseException) -> Callable[[Case], Outcome]:
    def check(case: Case) -> Outcome:
        raise error

    return check


def without(diagnosis: Diagnosis, slug: str) -> tuple[object, ...]:
    """What is said of all other causes. Of findings only name and verdict: one may be nested under what is gone."""
    return (
        {(one.cause, one.says, one.evidence, one.fix) for one in diagnosis.findings if one.cause != slug},
        tuple(one for one in diagnosis.ruled_out if one[0] != slug),
        tuple(one for one in diagnosis.unknown if one[0] != slug),
        diagnosis.advice,
        diagnosis.credential,
    )


@pytest.mark.parametrize("exchange", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("place", range(len(RULES)), ids=[rule.slug for rule in RULES])
def test_a_failing_check_costs_one_line_and_leaves_the_others(place: int, exchange: Exchange) -> None:
    rule = RULES[place]
    broken = replace(rule, check=failing(KeyError(TOKEN.decode())))
    case = case_of(exchange)
    before = diagnose(case, RULES)
    after = diagnose(case, (*RULES[:place], broken, *RULES[place + 1 :]))
    assert after.crashed == ((rule.slug, "KeyError"),)
    assert (rule.slug, rule.settle) in after.unknown
    assert without(after, rule.slug) == without(before, rule.slug)
    lines = [text((line,)) for line in card(after)]
    assert [line for line in lines if "failed" in line] == [
        f"  the check for {rule.slug} failed (KeyError) and counts as unknown"
    ]
    assert TOKEN.decode() not in repr(after) + "".join(lines)


@pytest.mark.parametrize(
    "error", [RecursionError(), MemoryError(), UnicodeDecodeError("utf-8", TOKEN, 0, 1, "x"), StopIteration(TOKEN)]
)
def test_any_exception_of_a_check_is_survived(error: Exception) -> None:
    rules = tuple(replace(rule, check=failing(error)) for rule in RULES)
    capture = Capture(b"key", rules=rules)
    for turn in range(4):
        found = capture.add(refused(at=float(turn))).diagnosis
        assert found is not None
        assert found.crashed == tuple((rule.slug, type(error).__name__) for rule in RULES)
        assert not found.findings
        assert not found.ruled_out
        assert [slug for slug, _ in found.unknown] == [rule.slug for rule in RULES]
        assert TOKEN.decode() not in repr(found)


def test_who_stops_the_program_is_not_held_up() -> None:
    rules = (replace(RULES[0], check=failing(KeyboardInterrupt())),)
    with suppress(KeyboardInterrupt):
        diagnose(case_of(refused()), rules)
        pytest.fail("an interrupt was taken for a fault of the check")


@pytest.mark.parametrize("depth", [5, 100, 900, 990, 1000, 1010, 2000])
def test_depths_around_the_limit_of_recursion_are_survived(depth: int) -> None:
    for body in (b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth):
        exchange = refused(jwt(body), body=body, answer=answered(body))
        assert [one.crashed for one in judged((exchange,))] == [()]
