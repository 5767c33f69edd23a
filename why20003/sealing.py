"""Encryption for whom it is meant: age, through pyrage. Nothing here knows what is encrypted."""

import binascii
import re
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

_ARMOUR: Final = b"-----BEGIN AGE ENCRYPTED FILE-----"
_AGE: Final = b"age-encryption.org/"
_SSH_KEY: Final = re.compile(r"ssh-(?:ed25519|rsa)\s+[A-Za-z0-9+/=]+")
_IDENTITY: Final = re.compile(rb"AGE-SECRET-KEY-1[0-9A-Z]{20,}")
_OPENSSH: Final = b"OPENSSH"
_LARGEST_KEY: Final = 1 << 16


class BadKey(ValueError):
    """A key that cannot be used; the text is one line that never quotes it."""


class NotForThisKey(ValueError):
    """What was encrypted was encrypted for others, or is damaged."""


def is_encrypted(data: bytes) -> bool:
    """Whether `data` was encrypted with age."""
    return data.startswith((_AGE, _ARMOUR))


def encrypted(data: bytes, keys: Sequence[str]) -> bytes:
    """`data` for whoever has one of the private keys of `keys`: ``age1...``, ``ssh-ed25519 ...``, or files of these.

    Raises BadKey.
    """
    import pyrage

    recipients = [one for key in keys for one in _recipients(key)]
    made: bytes = pyrage.encrypt(data, recipients)
    return made


def look_at(keys: Sequence[str]) -> None:
    """Raise BadKey when one of `keys` is none, before anything is done for it."""
    for key in keys:
        _recipients(key)


def decrypted(data: bytes, key_file: Path, ask: Callable[[str], bytes]) -> bytes:
    """What `encrypted` was given, with the private key in `key_file`; `ask` asks for its passphrase where it has one.

    Raises BadKey, NotForThisKey.
    """
    import pyrage

    try:
        made: bytes = pyrage.decrypt(data, _identities(_read(key_file), key_file, ask))
    except pyrage.DecryptError:
        raise NotForThisKey("cannot be decrypted: it was encrypted for another key, or it is damaged") from None
    return made


def _recipients(key: str) -> list[Any]:
    lines = [key] if _is_key(key) else _lines_of(Path(key))
    if not lines:
        raise BadKey("--encrypt-to: the file holds no age or ssh key")
    return [_recipient(line) for line in lines]


def _is_key(text: str) -> bool:
    return text.strip().startswith(("age1", "ssh-ed25519 ", "ssh-rsa "))


def _lines_of(path: Path) -> list[str]:
    """The keys in a file of them, such as ``id_ed25519.pub``."""
    try:
        text = _read(path).decode("utf-8")
    except (BadKey, UnicodeDecodeError):
        raise BadKey(
            "--encrypt-to: expected age1..., ssh-ed25519 ... or a file of public keys, found none of these"
        ) from None
    if "PRIVATE KEY" in text or "AGE-SECRET-KEY" in text:
        raise BadKey("--encrypt-to: is a private key; give the public one (.pub), or what begins with age1")
    return [line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")]


def _recipient(line: str) -> Any:  # noqa: ANN401 - pyrage has no common type
    import pyrage

    try:
        if line.startswith("age1"):
            return pyrage.x25519.Recipient.from_str(line.strip())
        if found := _SSH_KEY.match(line):
            return pyrage.ssh.Recipient.from_str(found.group())
    except (pyrage.RecipientError, ValueError):
        pass
    raise BadKey("--encrypt-to: is no age or ssh key, or is damaged: expected age1..., ssh-ed25519 ... or ssh-rsa ...")


def _identities(data: bytes, path: Path, ask: Callable[[str], bytes]) -> list[Any]:
    import pyrage

    if is_encrypted(data):
        data = _with_passphrase(data, ask(f"Passphrase of {path} (not shown): "))
    if b"PRIVATE KEY-----" in data:
        return [_of_ssh(data, path, ask)]
    found = [match.group().decode() for match in _IDENTITY.finditer(data)]
    if not found:
        raise BadKey("--identity: holds neither an age identity (AGE-SECRET-KEY-1...) nor a private ssh key")
    try:
        return [pyrage.x25519.Identity.from_str(one) for one in found]
    except (pyrage.IdentityError, ValueError):
        raise BadKey("--identity: the age identity in it is damaged") from None


def _with_passphrase(data: bytes, passphrase: bytes) -> bytes:
    import pyrage

    try:
        made: bytes = pyrage.passphrase.decrypt(data, passphrase.decode("utf-8", "surrogateescape"))
    except (pyrage.DecryptError, UnicodeError):
        raise BadKey("--identity: that is not its passphrase, or the file is damaged") from None
    return made


def _of_ssh(data: bytes, path: Path, ask: Callable[[str], bytes]) -> Any:  # noqa: ANN401 - pyrage's own
    import pyrage

    plain = _without_passphrase(data, path, ask)
    try:
        return pyrage.ssh.Identity.from_buffer(plain)
    except (pyrage.IdentityError, ValueError):
        raise BadKey("--identity: the ssh key in it is damaged, or of a kind that age does not know") from None


def _without_passphrase(data: bytes, path: Path, ask: Callable[[str], bytes]) -> bytes:
    """An ssh key as it is without its passphrase; in memory only."""
    if not _is_locked(data):
        return data
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
        load_ssh_private_key,
    )

    if find_spec("bcrypt") is None:  # what cryptography needs for these keys
        raise BadKey("--identity: an ssh key with a passphrase needs the package bcrypt: pip install 'bcrypt<4.1'")
    load = load_ssh_private_key if _OPENSSH in data else load_pem_private_key
    try:
        key = load(data, ask(f"Passphrase of {path} (not shown): "))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKey("--identity: that is not its passphrase, or the file is damaged") from None
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


def _is_locked(data: bytes) -> bool:
    """Whether an ssh key has a passphrase: PROTOCOL.key of OpenSSH names the cipher first; PEM says so in its head."""
    if _OPENSSH not in data:
        return b"ENCRYPTED" in data
    inner = data.partition(_OPENSSH + b" PRIVATE KEY-----")[2].partition(b"-----")[0]
    try:
        plain = binascii.a2b_base64(inner)
    except binascii.Error:
        return False  # damaged, which pyrage says
    magic = b"openssh-key-v1\0"
    return plain.startswith(magic) and not plain.startswith(magic + b"\0\0\0\x04none")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_KEY + 1)
    except (OSError, ValueError) as error:
        says = error.strerror if isinstance(error, OSError) else "is no file name"
        raise BadKey(f"--identity: the key file cannot be read: {says}") from None
    if len(data) > _LARGEST_KEY:
        raise BadKey("--identity: the file is too large for a key")
    return data


__all__ = ["BadKey", "NotForThisKey", "decrypted", "encrypted", "is_encrypted", "look_at"]
