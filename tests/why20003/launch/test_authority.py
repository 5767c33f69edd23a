"""The authority of a run: what is on the disk, what mitmproxy makes of it, and what real clients refuse from it."""

import os
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from tls_stage import leaf, stage

from why20003.launch.authority import Authority, make_authority
from why20003.launch.bundle import certificates_in

JAVA = """
import java.net.*;
public class Get { public static void main(String[] a) throws Exception {
  System.exit(((HttpURLConnection) new URI(a[0]).toURL().openConnection()).getResponseCode() == 200 ? 0 : 1); } }
"""
NODE = """
const [url, port, ca] = process.argv.slice(1);
const options = { host: '127.0.0.1', port, servername: url.slice(8, -1), ca: require('fs').readFileSync(ca) };
require('tls').connect(options, () => process.exit(0)).on('error', () => process.exit(1));
"""
PYTHON = """
import sys, urllib.request
try: urllib.request.urlopen(sys.argv[1])
except OSError: sys.exit(1)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    made.mkdir()
    return made


def chain(folder: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates((folder / "mitmproxy-ca.pem").read_bytes())


def constraints(certificate: x509.Certificate) -> x509.NameConstraints:
    return certificate.extensions.get_extension_for_class(x509.NameConstraints).value


def test_what_is_written_is_for_the_owner_alone(folder: Path) -> None:
    before = os.umask(0)
    try:
        made = make_authority(folder, [], [])
    finally:
        os.umask(before)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in folder.iterdir() if path.is_file()}
    assert set(modes) == {
        *("mitmproxy-ca.pem", "mitmproxy-ca-cert.pem", "added.pem", "bundle.pem", "upstream.pem", "trust.jks", "wgetrc")
    }
    assert set(modes.values()) == {"0o600"}
    assert made.bundle.parent == folder


def test_only_one_key_is_kept_and_it_is_not_the_roots(folder: Path) -> None:
    make_authority(folder, [], [])

    keys = [path.name for path in folder.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()]
    signing, root = chain(folder)
    assert keys == ["mitmproxy-ca.pem"]
    assert (folder / "mitmproxy-ca.pem").read_bytes().count(b"PRIVATE KEY-----") == 2  # its beginning and its end
    assert signing.public_key() != root.public_key()
    signing.verify_directly_issued_by(root)


def test_both_certificates_are_short_lived_and_may_sign_for_twilio_alone(folder: Path) -> None:
    make_authority(folder, [], [])

    now = datetime.now(UTC)
    for below, certificate in enumerate(chain(folder)):
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        names = certificate.extensions.get_extension_for_class(x509.NameConstraints)
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert basic.critical
        assert (basic.value.ca, basic.value.path_length) == (True, below)
        assert names.critical
        assert names.value.permitted_subtrees == [x509.DNSName("twilio.com")]
        assert sorted(str(one.value) for one in names.value.excluded_subtrees or []) == ["0.0.0.0/0", "::/0"]
        assert [one.dotted_string for one in usage] == ["1.3.6.1.5.5.7.3.1"]  # TLS servers, nothing else
        assert now - timedelta(hours=2) < certificate.not_valid_before_utc < now - timedelta(minutes=5)
        assert now + timedelta(days=1) < certificate.not_valid_after_utc < now + timedelta(days=4)
        assert isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)


@pytest.mark.parametrize(
    ("names", "permitted", "excluded"),
    [
        pytest.param(["twilio"], ["twilio.com"], ["0.0.0.0/0", "::/0"], id="the-word-twilio"),
        pytest.param(["*.Twiliocdn.com"], ["twilio.com", "twiliocdn.com"], ["0.0.0.0/0", "::/0"], id="a-glob"),
        pytest.param(["mock"], ["twilio.com", "mock"], ["0.0.0.0/0", "::/0"], id="a-host"),
        pytest.param(["127.0.0.1"], ["twilio.com", "127.0.0.1/32"], ["::/0"], id="an-address"),
        pytest.param(["[::1]"], ["twilio.com", "::1/128"], ["0.0.0.0/0"], id="an-address-of-version-6"),
    ],
)
def test_a_wider_scope_is_permitted_too(
    folder: Path, names: list[str], permitted: list[str], excluded: list[str]
) -> None:
    make_authority(folder, names, [])

    for certificate in chain(folder):
        found = constraints(certificate)
        assert [str(one.value) for one in found.permitted_subtrees or []] == permitted
        assert [str(one.value) for one in found.excluded_subtrees or []] == excluded


def test_the_scope_of_every_host_has_no_constraint(folder: Path) -> None:
    make_authority(folder, ["all"], [])

    with pytest.raises(x509.ExtensionNotFound, match="NameConstraints"):
        constraints(chain(folder)[0])


def test_two_runs_share_nothing(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        make_authority(tmp_path / name, [], [])
        made.append((tmp_path / name / "mitmproxy-ca.pem").read_bytes())

    assert made[0] != made[1]


def test_what_the_parent_trusts_is_trusted_by_the_child_and_towards_servers(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    corporate = make_authority(other, [], []).certificate

    made = make_authority(folder, [], [corporate, tmp_path / "missing.pem", corporate])

    [own], [theirs] = certificates_in([made.certificate]), certificates_in([corporate])
    assert certificates_in([folder / "added.pem"]) == (own, theirs)
    assert {own, theirs} < set(certificates_in([made.bundle]))
    assert theirs in certificates_in([made.upstream])
    assert own not in certificates_in([made.upstream])
    assert len(certificates_in([made.bundle])) > 50  # the system's are in there


def test_mitmproxy_signs_with_it_and_makes_no_other(folder: Path) -> None:
    """Holds for the mitmproxy of this environment; ./just test-matrix brings the other one."""
    make_authority(folder, [], [])
    before = (folder / "mitmproxy-ca.pem").read_bytes()
    script = """
import sys
from cryptography import x509
from mitmproxy.certs import CertStore
store = CertStore.from_store(sys.argv[1], "mitmproxy", 2048)
entry = store.get_cert("api.twilio.com", [x509.DNSName("api.twilio.com")])
print(entry.cert.issuer, len(entry.chain_certs), entry.chain_file.name)
"""
    result = subprocess.run([sys.executable, "-c", script, folder], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[('CN', 'why20003 throwaway authority')] 2 mitmproxy-ca.pem"
    assert (folder / "mitmproxy-ca.pem").read_bytes() == before


def accepted(client: str, host: str, made: Authority, server: int, proxy: int) -> bool:
    """Whether the client, which trusts the bundle, finishes a handshake with the server as `host`."""
    url = f"https://{host}/"
    java = [f"-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort={proxy} -Djavax.net.ssl.trustStore={made.trust_store}"]
    commands: dict[str, list[str | Path]] = {
        "curl": ["curl", "-sS", "-o", os.devnull, "--connect-to", f"::127.0.0.1:{server}", url],
        "openssl": [
            *("openssl", "s_client", "-connect", f"127.0.0.1:{server}", "-servername", host, "-verify_return_error"),
            *("-CAfile", made.bundle, "-verify_hostname", host),
        ],
        "python": [sys.executable, "-c", PYTHON, url],
        "node": ["node", "-e", NODE, url, str(server), made.bundle],
        "java": ["java", *java[0].split(), "-Dhttp.nonProxyHosts=", made.bundle.parent / "Get.java", url],
    }
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "SSL_CERT_FILE": str(made.bundle),
        "CURL_CA_BUNDLE": str(made.bundle),
        "https_proxy": f"http://127.0.0.1:{proxy}" if client == "python" else "",
    }
    command = commands[client]
    result = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return result.returncode == 0


@pytest.mark.parametrize("client", ["curl", "openssl", "python", "node", "java"])
def test_real_clients_take_it_for_twilio_and_for_nothing_else(client: str, folder: Path) -> None:
    if client != "python" and shutil.which(client) is None:
        pytest.skip(f"{client} is not installed")
    made = make_authority(folder, [], [])
    (folder / "Get.java").write_text(JAVA)
    cases = {
        "api.twilio.com": ["api.twilio.com"],
        "verify.ie1.twilio.com": ["*.ie1.twilio.com", "twilio.com"],  # as servers have them, and mitmproxy copies them
        "bank.example": ["bank.example"],
        "other.example": ["api.twilio.com", "other.example"],  # one forbidden name spoils the rest
        "nottwilio.com": ["nottwilio.com"],
        "127.0.0.2": ["127.0.0.2"],
    }
    if client == "java":  # a second for each: the two that matter
        cases = {host: cases[host] for host in ("api.twilio.com", "bank.example")}

    found = {}
    for host, names in cases.items():
        with stage(leaf(folder, names)) as running:
            found[host] = accepted(client, host, made, running.server, running.proxy)

    assert found == {host: host.endswith(".twilio.com") for host in cases}


@pytest.mark.parametrize("client", ["curl", "java"])
def test_a_common_name_is_no_way_around(client: str, folder: Path) -> None:
    if shutil.which(client) is None:
        pytest.skip(f"{client} is not installed")
    made = make_authority(folder, [], [])
    (folder / "Get.java").write_text(JAVA)

    with stage(leaf(folder, [])) as running:
        assert not accepted(client, "bank.example", made, running.server, running.proxy)
