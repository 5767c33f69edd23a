"""Trust stores of Java: making one in the form JKS, which every Java from 1.2 on reads without a password, and reading.

The store of the run takes the place of Java's own, so it holds what is in there too.
"""

import hashlib
import re
import shutil
import struct
import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

# sun.security.provider.JavaKeyStore of OpenJDK: magic, version 2, entries, and a digest over all of it.
_MAGIC, _VERSION, _CERTIFICATE = 0xFEEDFEED, 2, 2
_WHITENER = b"Mighty Aphrodite"
_PASSWORD = b"changeit"  # that of Java's own store; it protects nothing but against damage
_LARGEST = 16 * 1024 * 1024

OPTIONS = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")
_TRUST_STORE = re.compile(r"""-Djavax\.net\.ssl\.trustStore=("[^"]*"|'[^']*'|\S+)""")
_OWN = ("lib/security/jssecacerts", "lib/security/cacerts", "jre/lib/security/cacerts")


def java_store(certificates: Iterable[bytes], made: float) -> bytes:
    """A store that trusts these certificates in DER; `made` is in seconds since the epoch."""
    entries = [_entry(f"ca-{number}", der, int(made * 1000)) for number, der in enumerate(certificates)]
    body = struct.pack(">III", _MAGIC, _VERSION, len(entries)) + b"".join(entries)
    return body + _digest(body)


def java_stores(parent: Mapping[str, str]) -> tuple[Path, ...]:
    """The stores that a Java in this environment would trust: named by its options, and the one that it brings."""
    named = [path.strip("\"'") for option in OPTIONS for path in _TRUST_STORE.findall(parent.get(option, ""))]
    homes = [Path(parent["JAVA_HOME"])] if parent.get("JAVA_HOME") else []
    if program := shutil.which("java", path=parent.get("PATH", "")):
        with suppress(OSError):
            homes.append(Path(program).resolve().parents[1])
    stores = [*(Path(path) for path in named), *(home / own for home in homes for own in _OWN)]
    return tuple(dict.fromkeys(path for path in stores if path.is_file()))


def java_certificates(stores: Iterable[Path]) -> tuple[bytes, ...]:
    """The trusted certificates in these stores in DER, each once; a store that cannot be read has none."""
    found: dict[bytes, None] = {}
    for path in stores:
        with suppress(OSError, ValueError, struct.error, IndexError):
            if path.stat().st_size <= _LARGEST:
                found |= dict.fromkeys(_certificates(path.read_bytes()))
    return tuple(found)


def _certificates(content: bytes) -> list[bytes]:
    if content.startswith(struct.pack(">I", _MAGIC)):
        return _of_jks(content)
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

    for password in (_PASSWORD, None):
        with suppress(ValueError), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some real CAs break a rule that cryptography warns of
            store = pkcs12.load_pkcs12(content, password)
            return [one.certificate.public_bytes(Encoding.DER) for one in store.additional_certs]
    return []


def _of_jks(content: bytes) -> list[bytes]:
    """The certificates in front of the first entry of another kind; keys are of no use here."""
    version, count = struct.unpack_from(">II", content, 4)
    found = []
    at = 12
    for _ in range(count):
        kind, length = struct.unpack_from(">IH", content, at)
        if kind != _CERTIFICATE:
            break
        at += 6 + length + 8
        if version == _VERSION:  # version 1 does not say of which type a certificate is
            at += 2 + struct.unpack_from(">H", content, at)[0]
        (length,) = struct.unpack_from(">I", content, at)
        found.append(content[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def _entry(alias: str, der: bytes, milliseconds: int) -> bytes:
    head = struct.pack(">I", _CERTIFICATE) + _text(alias) + struct.pack(">Q", milliseconds)
    return head + _text("X.509") + struct.pack(">I", len(der)) + der


def _text(text: str) -> bytes:
    return struct.pack(">H", len(text)) + text.encode("ascii")


def _digest(body: bytes) -> bytes:
    salted = _PASSWORD.decode("ascii").encode("utf-16-be") + _WHITENER + body
    return hashlib.sha1(salted, usedforsecurity=False).digest()
