"""What a client of each kind needs to use the proxy and to trust it, when the variables did not reach it.

Measured, but for deno, bun and .NET, which are as their makers document them: docs/clients.md 5 and 6.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from analyzers.frozen import dataclass


@dataclass(frozen=True)
class Runtime:
    """What runs programs, or a client itself."""

    title: str
    ignoring: str
    """Which of its clients go past the proxy all the same."""
    step: str

    def steps(self, name: str) -> Iterator[str]:
        """For the user, of the program `name`."""
        yield f"  {name} ran ({self.title}): {self.ignoring}."
        yield f"  {self.step}"


RUNTIMES: Final[Mapping[str, Runtime]] = {
    "python": Runtime(
        "Python",
        "perhaps with urllib3, httplib2 or http.client used directly, with trust_env=False, or as python -I, -E or -S",
        "Give the client the proxy itself, as in urllib3.ProxyManager(os.environ['HTTPS_PROXY']).",
    ),
    "node": Runtime(
        "Node",
        "perhaps with a client that opens its own connections, or started with a NODE_OPTIONS of its own",
        "Give the client an agent, as in new HttpsProxyAgent(process.env.HTTPS_PROXY).",
    ),
    "java": Runtime(
        "Java",
        "perhaps with Apache HttpClient, which reads no system property unless told to, or a ProxySelector of its own",
        "Build the client with HttpClients.createSystem(), or give it the proxy of HTTPS_PROXY.",
    ),
    "ruby": Runtime(
        "Ruby",
        "perhaps with http.rb, which reads no variable",
        "Give the client the proxy itself, as in HTTP.via('127.0.0.1', URI(ENV['HTTPS_PROXY']).port).",
    ),
    "php": Runtime(
        "PHP",
        "perhaps with file_get_contents and other streams, which read no variable, or as php -n",
        "Use curl, or Guzzle with its curl handler, or give the stream context a proxy.",
    ),
    "perl": Runtime(
        "Perl",
        "perhaps with a user agent that was told noproxy",
        "Call $ua->env_proxy, of Mojo::UserAgent $ua->proxy->detect.",
    ),
    "go": Runtime(
        "Go",
        "perhaps with a Transport of its own, which uses no proxy unless told to",
        "Set Proxy: http.ProxyFromEnvironment in the http.Transport.",
    ),
    "dotnet": Runtime(
        ".NET",
        "perhaps with a handler whose UseProxy is false",
        "Leave HttpClientHandler.UseProxy and Proxy as they are by default.",
    ),
    "deno": Runtime(
        "Deno",
        "perhaps with a client made by Deno.createHttpClient",
        "Give it the proxy: Deno.createHttpClient({ proxy: { url: Deno.env.get('HTTPS_PROXY') } }).",
    ),
    "bun": Runtime(
        "Bun",
        "perhaps in a version that reads no variable",
        "Give fetch the proxy: fetch(url, { proxy: process.env.HTTPS_PROXY }).",
    ),
    "curl": Runtime(
        "curl",
        "perhaps with --noproxy, or a proxy in ~/.curlrc",
        "Leave --noproxy out, or begin with curl -q, which reads no ~/.curlrc.",
    ),
    "wget": Runtime("wget", "perhaps with --no-proxy", "Leave --no-proxy out."),
}

TRUST: Final[Mapping[str, str]] = {
    "python": "Let it verify with os.environ['SSL_CERT_FILE']; requests and twilio read REQUESTS_CA_BUNDLE, httplib2"
    " HTTPLIB2_CA_CERTS, the others SSL_CERT_FILE, unless the code names a CA file.",
    "node": "Node trusts NODE_EXTRA_CA_CERTS, which is set, unless the code gives a ca of its own: take that out.",
    "java": "Java trusts the store of -Djavax.net.ssl.trustStore, which is set in JAVA_TOOL_OPTIONS, unless CMD or the"
    " code names another: take that out.",
    "ruby": "Ruby trusts SSL_CERT_FILE, which is set, unless the code names a ca_file: take that out.",
    "php": "PHP trusts curl.cainfo and openssl.cafile, which are set through PHP_INI_SCAN_DIR, unless php -n or the"
    " code says otherwise.",
    "perl": "LWP trusts PERL_LWP_SSL_CA_FILE, others SSL_CERT_FILE, which are set, unless the code names a CA file.",
    "go": "Go on Linux trusts SSL_CERT_FILE, which is set, unless the code has RootCAs of its own; on macOS it asks the"
    " keychain only.",
    "dotnet": ".NET on Linux trusts SSL_CERT_FILE, which is set, unless the code validates certificates itself.",
    "deno": "Deno trusts DENO_CERT, which is set, unless DENO_TLS_CA_STORE or the code says otherwise.",
    "bun": "Bun trusts NODE_EXTRA_CA_CERTS, which is set, unless the code gives a ca of its own.",
    "curl": "curl trusts CURL_CA_BUNDLE, which is set, unless --cacert, --capath or ~/.curlrc says otherwise;"
    " a libcurl inside another program reads none: give it CURLOPT_CAINFO.",
    "wget": "wget trusts the ca_certificate of WGETRC, which is set, unless --ca-certificate says otherwise.",
    "": "Its CA file has to be the one that SSL_CERT_FILE names in its environment; look where the code, or a setting,"
    " names another.",
}
"""What makes each trust the proxy."""

_CLIENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "python": (
        *("python-requests", "httpx", "aiohttp", "urllib3", "urllib.request", "niquests", "httplib2", "HTTPie"),
        "twilio-python",
    ),
    "node": ("axios", "fetch (Node)", "undici", "needle", "got", "node-fetch", "twilio-node", "twilio-cli"),
    "java": ("Java HttpURLConnection", "java.net.http", "OkHttp", "Apache HttpClient", "twilio-java"),
    "ruby": (
        *("Ruby Net::HTTP", "Faraday", "httpclient (Ruby)", "excon", "http.rb", "rest-client", "Down"),
        "twilio-ruby",
    ),
    "php": ("Guzzle", "Symfony HttpClient", "twilio-php"),
    "perl": ("LWP", "HTTP::Tiny", "Mojo::UserAgent"),
    "go": ("Go net/http", "twilio-go"),
    "dotnet": ("RestSharp", "twilio-csharp", "PowerShell"),
    "deno": ("Deno",),
    "bun": ("Bun",),
    "curl": ("curl", "libcurl", "pycurl"),
    "wget": ("wget", "wget2"),
}
BY_CLIENT: Final[Mapping[str, str]] = {name: family for family, names in _CLIENTS.items() for name in names}
"""Which of these a client belongs to, by its name (analyzers/client.py)."""
