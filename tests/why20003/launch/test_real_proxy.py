"""The real mitmdump with a run's authority in front of the sandbox, and real clients that know a run's variables alone.

./just test-matrix brings the other mitmproxy. What `why20003 run` does around it has tests of its own.
"""

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from why20003.demo.play import sandbox
from why20003.launch.authority import make_authority
from why20003.launch.environment import Route, child_environment
from why20003.mitmdump import Mitmdump
from why20003.sandbox import LIVE

PYTHON = """
import asyncio, base64, os, ssl, socket, urllib.request
url, pair = os.environ["URL"], (os.environ["SID"], os.environ["TOKEN"])
header = {"Authorization": os.environ["BASIC"]}
"""
AIOHTTP = """
import aiohttp
async def get():
    async with aiohttp.ClientSession() as session, session.get(url, headers=header) as answer:
        print(answer.status)
asyncio.run(get())
"""
TWILIO_ASYNC = """
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client
async def get():
    async with AsyncTwilioHttpClient() as client:
        await Client(*pair, http_client=client).messages.list_async(limit=1)
    print(200)
asyncio.run(get())
"""
NODE = "const { URL: url, BASIC: authorization } = process.env;"
NODE_HTTPS = f"""{NODE} require('https').get(url, {{ headers: {{ authorization }} }}, (answer) => {{
    answer.resume(); console.log(answer.statusCode); }});"""
NODE_FETCH = f"""{NODE} fetch(url, {{ headers: {{ authorization }} }}).then(async (answer) => {{
    await answer.text(); console.log(answer.status); }});"""
RUBY = """
uri = URI(ENV['URL'])
request = Net::HTTP::Get.new(uri)
request['Authorization'] = ENV['BASIC']
puts Net::HTTP.start(uri.host, 443, use_ssl: true) { |http| http.request(request) }.code
"""
PHP = """
$c = curl_init(getenv('URL'));
curl_setopt($c, CURLOPT_RETURNTRANSFER, 1);
curl_setopt($c, CURLOPT_HTTPHEADER, ['Authorization: ' . getenv('BASIC')]);
curl_exec($c);
echo curl_getinfo($c, CURLINFO_RESPONSE_CODE);
"""
PERL = """
my $request = HTTP::Request->new(GET => $ENV{URL}, [Authorization => $ENV{BASIC}]);
print LWP::UserAgent->new->request($request)->code;
"""


def python(code: str) -> tuple[str, ...]:
    return sys.executable, "-W", "ignore", "-c", PYTHON + code


CLIENTS = {
    "curl": ("curl", "-sS", "-o", os.devnull, "-w", "%{http_code}", "-K", "pair", "URL"),
    "wget": ("wget", "-q", "-O", os.devnull, "-S", "--header", "Authorization: BASIC", "URL"),
    "urllib": python("print(urllib.request.urlopen(urllib.request.Request(url, headers=header)).status)"),
    "requests": python("import requests; print(requests.get(url, auth=pair).status_code)"),
    "httpx": python("import httpx; print(httpx.get(url, auth=pair).status_code)"),
    "aiohttp": python(AIOHTTP),
    "twilio": python("from twilio.rest import Client; Client(*pair).messages.list(limit=1); print(200)"),
    "twilio async": python(TWILIO_ASYNC),
    "node https": ("node", "-e", NODE_HTTPS),
    "node fetch": ("node", "-e", NODE_FETCH),
    "java": ("java", "Get.java"),
    "ruby": ("ruby", "-rnet/http", "-e", RUBY),
    "php": ("php", "-r", PHP),
    "perl": ("perl", "-MLWP::UserAgent", "-e", PERL),
}
JAVA = """
import java.net.*; import java.net.http.*;
public class Get { public static void main(String[] a) throws Exception {
  URI uri = URI.create(System.getenv("URL"));
  String basic = System.getenv("BASIC");
  HttpURLConnection old = (HttpURLConnection) uri.toURL().openConnection();
  old.setRequestProperty("Authorization", basic);
  HttpRequest request = HttpRequest.newBuilder(uri).header("Authorization", basic).build();
  int status = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
  System.out.println(status == old.getResponseCode() ? status : 0); } }
"""
ISSUER = (
    PYTHON
    + """
import json, urllib.parse
proxy = urllib.parse.urlsplit(os.environ["HTTPS_PROXY"])
for host in ("api.twilio.com", "other.example"):
    plain = socket.create_connection((proxy.hostname, proxy.port))
    plain.sendall(f"CONNECT {host}:443 HTTP/1.1\\r\\nHost: {host}:443\\r\\n\\r\\n".encode())
    plain.recv(4096)
    with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure:
        print(host, dict(one[0] for one in secure.getpeercert()["issuer"]))
"""
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What a child is given."""
    work, folder = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("folder")
    (work / "Get.java").write_text(JAVA)
    pair = f"{LIVE.sid}:{LIVE.auth_token}"
    (work / "pair").write_text(f'user = "{pair}"')
    with sandbox(work) as (port, trusted):
        made = make_authority(folder, [], [trusted])
        upstream = ["--mode", f"upstream:http://127.0.0.1:{port}"]
        settings = ["--set", f"ssl_verify_upstream_trusted_ca={made.upstream}"]
        with Mitmdump(folder, ["-s", "addon", *upstream, *settings]) as running:
            route = Route(running.port, folder, made.bundle, made.trust_store)
            given = {"PATH": os.environ["PATH"], "HOME": str(work), "SID": LIVE.sid, "TOKEN": LIVE.auth_token}
            url = f"https://api.twilio.com/2010-04-01/Accounts/{LIVE.sid}/Messages.json"
            basic = "Basic " + base64.b64encode(pair.encode()).decode()
            yield child_environment(given, route) | {"URL": url, "BASIC": basic, "WORK": str(work)}


def run(command: tuple[str, ...], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    filled = [one.replace("BASIC", environment["BASIC"]) if one.startswith("Authorization") else one for one in command]
    return subprocess.run(
        [environment["URL"] if one == "URL" else one for one in filled],
        env=environment,
        cwd=environment["WORK"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_that_is_right_is_served(client: str, environment: dict[str, str]) -> None:
    result = run(CLIENTS[client], environment)

    if client == "perl" and "Can't locate LWP" in result.stderr:
        pytest.skip("LWP is not installed")
    if client == "php" and "curl_init" in result.stdout + result.stderr:
        pytest.skip("PHP's curl extension is not installed")
    if client == "wget":
        assert result.returncode == 0, result.stderr[-2000:]
    else:
        assert result.stdout.strip() == "200", result.stderr[-2000:]


def test_hosts_outside_the_scope_show_their_own_certificate(environment: dict[str, str]) -> None:
    result = run(python(ISSUER), environment)

    twilio, other = result.stdout.splitlines()
    assert "why20003 throwaway authority" in twilio
    assert "why20003 sandbox" in other
