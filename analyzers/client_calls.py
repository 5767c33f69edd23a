"""How each client is given credentials and kept from following redirects, in the words of its own language.

Run 2026-11-21 against a server that kept what arrived and redirected: the calls for the shell, Python, Node, Java, Go,
Ruby, PHP and Perl, with the `stop` of each; Deno's and Bun's under Node. Faraday's was run in the form for release 1.
Not run, but read in parts the same day: .NET (https://learn.microsoft.com/dotnet, HttpClientHandler.AllowAutoRedirect),
PowerShell (https://learn.microsoft.com/powershell, Invoke-RestMethod), Apps Script (https://developers.google.com/
apps-script/reference/url-fetch), reqwest (https://docs.rs/reqwest), RestSharp (https://github.com/restsharp/RestSharp),
aria2 (https://github.com/aria2/aria2/issues/302). Neither run nor read: libcurl, Down, ureq, the `stop` of reqwest, and
the forms of Postman, Insomnia, n8n, Zapier, Power Automate and Logic Apps.
"""

import re
from collections.abc import Iterator

from analyzers.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """How a language spells the values and encodes them; USER and SECRET stand for the values."""

    name: str
    """As in "In Ruby use ...": ``Ruby``, ``a shell``; empty for what fits any language."""
    pair: tuple[str, str]
    key: tuple[str, str]
    encode: str
    """The base64 of both on one line. Run like the calls: docs/clients.md 10."""
    wraps: str = ""
    """What breaks it into lines instead; empty where nothing usual does."""

    def encoded(self) -> str:
        """The base64 of Account SID and Auth Token."""
        return filled(self.encode, USER=self.pair[0], SECRET=self.pair[1])


_SNAKE = (("account_sid", "auth_token"), ("api_key_sid", "api_key_secret"))
_CAMEL = (("accountSid", "authToken"), ("apiKeySid", "apiKeySecret"))
_DOLLAR_CAMEL = (("$accountSid", "$authToken"), ("$apiKeySid", "$apiKeySecret"))
_DOLLAR_SNAKE = (("$account_sid", "$auth_token"), ("$api_key_sid", "$api_key_secret"))
_ENVIRONMENT = (("$TWILIO_ACCOUNT_SID", "$TWILIO_AUTH_TOKEN"), ("$TWILIO_API_KEY", "$TWILIO_API_SECRET"))
_FORM = (("Account SID", "Auth Token"), ("API key SID (SK...)", "its secret"))
ANY_LANGUAGE = Language("", *_FORM, "base64 -w0, strict_encode64, b64encode, Base64.getEncoder()")

LANGUAGES = {
    "python": Language(
        "Python", *_SNAKE, 'base64.b64encode(f"{USER}:{SECRET}".encode()).decode()', "base64.encodebytes"
    ),
    "node": Language("Node", *_CAMEL, 'Buffer.from(`${USER}:${SECRET}`).toString("base64")'),
    "web": Language("JavaScript", *_CAMEL, "btoa(`${USER}:${SECRET}`)"),
    "java": Language(
        "Java",
        *_CAMEL,
        'Base64.getEncoder().encodeToString((USER + ":" + SECRET).getBytes(StandardCharsets.UTF_8))',
        "getMimeEncoder(), nor Android's Base64.DEFAULT",
    ),
    "dotnet": Language(
        ".NET",
        *_CAMEL,
        'Convert.ToBase64String(Encoding.UTF8.GetBytes(USER + ":" + SECRET))',
        "Base64FormattingOptions.InsertLineBreaks",
    ),
    "powershell": Language(
        "PowerShell",
        *_DOLLAR_CAMEL,
        '[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes(USER + ":" + SECRET))',
        "InsertLineBreaks",
    ),
    "ruby": Language("Ruby", *_SNAKE, 'Base64.strict_encode64("#{USER}:#{SECRET}")', "encode64"),
    "php": Language("PHP", *_DOLLAR_CAMEL, 'base64_encode("USER:SECRET")', "chunk_split"),
    "go": Language("Go", *_CAMEL, 'base64.StdEncoding.EncodeToString([]byte(USER + ":" + SECRET))'),
    "shell": Language(
        "a shell",
        *_ENVIRONMENT,
        'printf %s "USER:SECRET" | base64 -w0',
        "base64 alone or openssl base64 without -A, nor echo, which adds a line end",
    ),
    "perl": Language("Perl", *_DOLLAR_SNAKE, 'encode_base64("USER:SECRET", "")', "encode_base64 with one argument"),
    "rust": Language("Rust", *_SNAKE, 'STANDARD.encode(format!("{USER}:{SECRET}"))'),
    "script": Language("Apps Script", *_CAMEL, 'Utilities.base64Encode(USER + ":" + SECRET)'),
    "form": ANY_LANGUAGE,
}


@dataclass(frozen=True, slots=True)
class Call:
    """One client that is no helper library."""

    name: str
    language: Language
    call: str
    """How it is given a username and a password, with USER and SECRET in their places."""
    stop: str
    """How it is kept from following redirects."""

    def with_pair(self) -> str:
        """The call with Account SID and Auth Token."""
        return self._with(*self.language.pair)

    def with_key(self) -> str:
        """The call with an API key."""
        return self._with(*self.language.key)

    def _with(self, user: str, secret: str) -> str:
        return filled(self.call.replace("ENCODED", self.language.encode), USER=user, SECRET=secret)


def filled(text: str, **words: str) -> str:
    """`text` with every name of `words` replaced where it stands as a word of its own."""
    return re.sub(rf"\b(?:{'|'.join(words)})\b", lambda found: words[found[0]], text)


def calls() -> tuple[Call, ...]:
    """Every client of the table, in its order: that of the languages, then by how common it is."""
    return tuple(
        Call(name, LANGUAGES[language], call.strip(), stop.strip())
        for names, language, call, stop in _blocks()
        for name in names
    )


def _blocks() -> Iterator[tuple[list[str], str, str, str]]:
    for block in _CALLS.strip().split("\n\n"):
        head, call, stop = block.split("\n")
        names, _, language = head.rpartition(" | ")
        yield names.split(", "), language, call, stop


# Names (those of client.py, or what it would say of a client that had a User-Agent) | language; the call; the stop.
_CALLS = """
curl | shell
  curl -u "USER:SECRET"
  leave out -L (--location): curl follows only when told to

wget, wget2 | shell
  wget --auth-no-challenge --user="USER" --password="SECRET"
  --max-redirect=0

HTTPie | shell
  http -a "USER:SECRET"
  leave out --follow (-F): it follows only when told to

aria2c | shell
  aria2c --http-user="USER" --http-passwd="SECRET"
  aria2c has no option for it: give it the final URL

libcurl | shell
  CURLOPT_USERPWD with "USER:SECRET"
  leave CURLOPT_FOLLOWLOCATION at 0, its default

PowerShell | powershell
  Invoke-RestMethod $url -Headers @{ Authorization = "Basic " + ENCODED }
  -MaximumRedirection 0

python-requests | python
  requests.post(url, auth=(USER, SECRET))
  allow_redirects=False

httpx | python
  httpx.post(url, auth=(USER, SECRET))
  leave follow_redirects at False, its default

aiohttp | python
  aiohttp.BasicAuth(USER, SECRET)
  allow_redirects=False

urllib3 | python
  urllib3.make_headers(basic_auth=f"{USER}:{SECRET}")
  redirect=False

urllib.request | python
  urllib.request.Request(url, headers={"Authorization": "Basic " + ENCODED})
  an opener with a subclass of HTTPRedirectHandler whose redirect_request returns None

niquests | python
  niquests.post(url, auth=(USER, SECRET))
  allow_redirects=False

httplib2 | python
  http.request(url, "POST", headers={"Authorization": "Basic " + ENCODED})
  http.follow_redirects = False

pycurl | python
  curl.setopt(pycurl.USERPWD, f"{USER}:{SECRET}")
  leave pycurl.FOLLOWLOCATION at 0, its default

treq | python
  treq.post(url, auth=(USER, SECRET))
  allow_redirects=False

curl_cffi | python
  curl_cffi.requests.post(url, auth=(USER, SECRET))
  allow_redirects=False

fetch (Node), undici, node-fetch | node
  fetch(url, { method: "POST", headers: { Authorization: "Basic " + ENCODED } })
  redirect: "manual"

undici.request | node
  request(url, { method: "POST", headers: { Authorization: "Basic " + ENCODED } })
  it follows only with the redirect interceptor: leave that out

axios | node
  axios.post(url, data, { auth: { username: USER, password: SECRET } })
  maxRedirects: 0

got | node
  got.post(url, { username: USER, password: SECRET })
  followRedirect: false

needle | node
  needle("post", url, data, { username: USER, password: SECRET })
  leave follow_max at 0, its default

superagent | node
  superagent.post(url).auth(USER, SECRET)
  .redirects(0)

node https | node
  https.request(url, { method: "POST", auth: `${USER}:${SECRET}` })
  it follows no redirect by itself

follow-redirects | node
  https.request(url, { method: "POST", auth: `${USER}:${SECRET}` })
  maxRedirects: 0, or Node's own https

request | node
  request.post(url, { auth: { user: USER, pass: SECRET } })
  followRedirect: false

Deno, Bun | web
  fetch(url, { method: "POST", headers: { Authorization: "Basic " + ENCODED } })
  redirect: "manual"

Chrome, Firefox, Safari, Edge, Opera, Samsung Internet | web
  from your own server, never from a page, where every visitor can read them
  redirect: "manual", though the page then cannot read the answer

Java HttpURLConnection | java
  connection.setRequestProperty("Authorization", "Basic " + ENCODED)
  connection.setInstanceFollowRedirects(false)

java.net.http | java
  HttpRequest.newBuilder(uri).header("Authorization", "Basic " + ENCODED)
  leave HttpClient.Redirect at NEVER, its default

OkHttp | java
  new Request.Builder().url(url).header("Authorization", Credentials.basic(USER, SECRET))
  new OkHttpClient.Builder().followRedirects(false)

Apache HttpClient | java
  request.setHeader("Authorization", "Basic " + ENCODED)
  HttpClients.custom().disableRedirectHandling()

Go net/http | go
  req.SetBasicAuth(USER, SECRET)
  CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

Ruby Net::HTTP | ruby
  request.basic_auth(USER, SECRET)
  Net::HTTP follows none by itself; HTTParty: follow_redirects: false; open-uri: redirect: false

Faraday | ruby
  connection.request :authorization, :basic, USER, SECRET (Faraday 1: :basic_auth, USER, SECRET)
  leave out the middleware follow_redirects: Faraday alone follows none

rest-client | ruby
  RestClient::Request.execute(method: :post, url: url, user: USER, password: SECRET, payload: data)
  max_redirects: 0

excon | ruby
  Excon.post(url, user: USER, password: SECRET)
  leave out Excon::Middleware::RedirectFollower: Excon alone follows none

httpclient (Ruby) | ruby
  client.post(url, data, "Authorization" => "Basic " + ENCODED)
  leave out follow_redirect: true: it follows only when told to

http.rb | ruby
  HTTP.basic_auth(user: USER, pass: SECRET).post(url)
  leave out .follow: it follows only when told to

Down | ruby
  Down.download(url, headers: { "Authorization" => "Basic " + ENCODED })
  max_redirects: 0

PHP curl | php
  curl_setopt($curl, CURLOPT_USERPWD, "USER:SECRET")
  leave CURLOPT_FOLLOWLOCATION at false, its default

PHP streams | php
  'http' => ['method' => 'POST', 'header' => 'Authorization: Basic ' . ENCODED]
  'follow_location' => 0

Guzzle | php
  'auth' => [USER, SECRET]
  'allow_redirects' => false

Symfony HttpClient | php
  'auth_basic' => [USER, SECRET]
  'max_redirects' => 0

.NET HttpClient | dotnet
  request.Headers.Authorization = new AuthenticationHeaderValue("Basic", ENCODED)
  new HttpClientHandler { AllowAutoRedirect = false }

RestSharp | dotnet
  new RestClientOptions(url) { Authenticator = new HttpBasicAuthenticator(USER, SECRET) }
  new RestClientOptions(url) { FollowRedirects = false }

LWP | perl
  $request->authorization_basic(USER, SECRET)
  LWP::UserAgent->new(max_redirect => 0)

HTTP::Tiny | perl
  $http->post($url, { headers => { Authorization => "Basic " . ENCODED } })
  HTTP::Tiny->new(max_redirect => 0)

Mojo::UserAgent | perl
  $ua->post($url => { Authorization => "Basic " . ENCODED })
  leave max_redirects at 0, its default

reqwest | rust
  client.post(url).basic_auth(USER, Some(SECRET))
  reqwest::Client::builder().redirect(reqwest::redirect::Policy::none())

ureq | rust
  ureq::post(url).set("Authorization", &format!("Basic {}", ENCODED))
  ureq::AgentBuilder::new().redirects(0)

Google Apps Script | script
  UrlFetchApp.fetch(url, { method: "post", headers: { Authorization: "Basic " + ENCODED } })
  followRedirects: false

Postman | form
  Authorization, type Basic Auth, Username = USER, Password = SECRET
  Settings of the request, Automatically follow redirects off

Insomnia | form
  Auth, type Basic, Username = USER, Password = SECRET
  Settings of the request, Follow redirects off

n8n | form
  a Basic Auth credential with User = USER, Password = SECRET
  the option Redirects of the HTTP Request node, Follow Redirects off

Zapier, Power Automate, Azure Logic Apps | form
  authentication Basic, Username = USER, Password = SECRET
  no setting for it is known: give it the final URL
"""

NAMES = tuple(name for names, *_ in _blocks() for name in names)
