"""A certificate authority for one run, that cannot sign for anything but Twilio:
should its key leak, no bank is at risk.

Two certificates: the root, which clients trust and whose key is forgotten at once, and the one that the proxy signs
with. Both hold the constraint. Java does not look at the constraint of what it trusts, but does at that of the second
(docs/clients.md 14).

Keys on the curve P-256, since an RSA key costs a tenth of a second to make and one of these nothing; every client
measured takes them, Python 2.7 and Java included.
"""

import ipaddress
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from analyzers.frozen import dataclass
from why20003.launch.bundle import certificates_in, pem, system_certificates
from why20003.launch.client_files import ADDED, lay_out, write_private
from why20003.launch.domains import EVERYTHING, addresses, domains
from why20003.launch.java_store import java_certificates, java_store

_EARLIER = timedelta(hours=1)  # clocks of containers and machines differ
_VALID = timedelta(days=3)  # a server that is started on Friday still works on Monday
_NOWHERE = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))


@dataclass(frozen=True)
class Authority:
    """The files of a run's authority."""

    certificate: Path
    """What clients must trust."""
    bundle: Path
    """The system's CAs, those that the parent's variables name, and ours."""
    trust_store: Path
    """The same for Java."""
    upstream: Path
    """The same without ours: what the proxy trusts towards servers."""


def make_authority(folder: Path, names: Sequence[str], extra: Sequence[Path], stores: Sequence[Path] = ()) -> Authority:
    """Make an authority for Twilio and `names` in `folder`, which becomes mitmproxy's confdir and holds what the child
    loads.

    `names` are host globs of the scope; for one that names no domain the authority is not constrained. `extra` are
    files or folders with further CAs to trust (`trusted_files`), `stores` trust stores of Java (`java_stores`). Raises
    OSError when it cannot write.
    """
    root, key, signing = _certificates(domains(names))
    folder.chmod(0o700)
    root_der = root.public_bytes(serialization.Encoding.DER)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain = pem(one.public_bytes(serialization.Encoding.DER) for one in (signing, root))
    others = certificates_in(extra)
    known = tuple(dict.fromkeys((*others, *system_certificates())))
    made = Authority(
        folder / "mitmproxy-ca-cert.pem", folder / "bundle.pem", folder / "trust.jks", folder / "upstream.pem"
    )
    write_private(folder / "mitmproxy-ca.pem", private + chain)
    write_private(made.certificate, pem([root_der]))
    write_private(folder / ADDED, pem([root_der, *others]))
    write_private(made.bundle, pem([root_der, *known]))
    write_private(made.upstream, pem(known))
    write_private(
        made.trust_store, java_store(dict.fromkeys((root_der, *known, *java_certificates(stores))), time.time())
    )
    lay_out(folder, made.bundle)
    return made


def _certificates(names: Sequence[str]) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey, x509.Certificate]:
    """The root, and the key and the certificate that the proxy signs with."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _name("why20003 throwaway root"), _name("why20003 throwaway authority")
    root = _builder(root_name, root_name, root_key, names, 1).sign(root_key, hashes.SHA256())
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    signing = _builder(root_name, name, key, names, 0).add_extension(identifier, critical=False)
    return root, key, signing.sign(root_key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePrivateKey, names: Sequence[str], below: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    usage = dict.fromkeys(
        (
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
            *("encipher_only", "decipher_only"),
        ),
        False,
    )
    builder = (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + _VALID)
        .add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
        .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder if EVERYTHING in names else builder.add_extension(_constraints(names), critical=True)


def _constraints(names: Sequence[str]) -> x509.NameConstraints:
    """These names and what is below them, and no address but those among them."""
    hosts = [ipaddress.ip_network(address) for address in addresses(names)]
    allowed = {str(address) for address in addresses(names)}
    permitted = [x509.DNSName(name) for name in names if name not in allowed]
    excluded = [network for network in _NOWHERE if network.version not in {host.version for host in hosts}]
    return x509.NameConstraints(
        [*permitted, *(x509.IPAddress(host) for host in hosts)],
        [x509.IPAddress(network) for network in excluded] or None,
    )
