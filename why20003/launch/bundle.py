"""CA certificates that this machine trusts, from PEM files."""

import base64
import binascii
import re
import ssl
from collections.abc import Iterable, Iterator
from pathlib import Path

# Where Linux distributions and macOS keep them; Go looks at the same: crypto/x509/root_linux.go and root_darwin.go.
_PLACES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Gentoo
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # Alpine, macOS
    "/opt/homebrew/etc/ca-certificates/cert.pem",
    "/usr/local/etc/ca-certificates/cert.pem",
)
_LARGEST = 16 * 1024 * 1024
_CERTIFICATE = re.compile(rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----\s*([A-Za-z0-9+/=\s]+?)-----END ")


def system_certificates() -> tuple[bytes, ...]:
    """What programs on this machine trust by default, in DER: the system's CAs and those of certifi."""
    default = ssl.get_default_verify_paths().openssl_cafile
    for place in (default, *_PLACES):
        if found := certificates_in([Path(place)]):
            return tuple(dict.fromkeys((*found, *_of_certifi())))
    return _of_certifi()


def certificates_in(files: Iterable[Path]) -> tuple[bytes, ...]:
    """The certificates of PEM files and of folders of them, each once; what cannot be read has none."""
    return tuple(dict.fromkeys(der for file in files for der in _ders(file)))


def pem(certificates: Iterable[bytes]) -> bytes:
    """These certificates as one PEM file."""
    return b"".join(ssl.DER_cert_to_PEM_cert(der).encode() for der in certificates)


def _of_certifi() -> tuple[bytes, ...]:
    try:
        import certifi
    except ImportError:
        return ()
    return certificates_in([Path(certifi.where())])


def _ders(path: Path) -> Iterator[bytes]:
    try:
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            if file.is_file() and file.stat().st_size <= _LARGEST:
                yield from _parsed(file.read_bytes())
    except OSError:
        return


def _parsed(content: bytes) -> Iterator[bytes]:
    for match in _CERTIFICATE.finditer(content):
        try:
            yield base64.b64decode(match[1], validate=False)
        except binascii.Error:
            continue
