import importlib.util
import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest

from why20003.sealing import BadKey, NotForThisKey, decrypted, encrypted, is_encrypted, look_at

SECRET = b"what only one may read"


def never(_: str) -> bytes:
    raise AssertionError("nobody should be asked")


@pytest.fixture
def age(tmp_path: Path) -> tuple[str, Path]:
    """A public key, and the file of the private one."""
    identity = pyrage.x25519.Identity.generate()
    path = tmp_path / "identity.txt"
    path.write_text(f"# created: today\n# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public()), path


def ssh(folder: Path, name: str, *more: str, passphrase: str = "") -> Path:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("needs ssh-keygen")
    command: list[str | Path] = [
        "ssh-keygen",
        "-q",
        "-N",
        passphrase,
        "-C",
        "someone@example",
        "-f",
        folder / name,
        *more,
    ]
    subprocess.run(command, check=True, timeout=60)
    return folder / name


def test_an_age_key_opens_what_was_encrypted_to_it(age: tuple[str, Path]) -> None:
    public, private = age
    data = encrypted(SECRET, [public])
    assert is_encrypted(data)
    assert SECRET not in data
    assert decrypted(data, private, never) == SECRET
    assert not is_encrypted(SECRET)


@pytest.mark.parametrize("kind", [("-t", "ed25519"), ("-t", "rsa", "-b", "2048")], ids=["ed25519", "rsa"])
def test_an_ssh_key_does_too_from_its_file_or_its_text(kind: tuple[str, ...], tmp_path: Path) -> None:
    private = ssh(tmp_path, "id", *kind)
    public = private.with_suffix(".pub")
    for key in (str(public), public.read_text()):
        assert decrypted(encrypted(SECRET, [key]), private, never) == SECRET


def test_several_may_open_it(age: tuple[str, Path], tmp_path: Path) -> None:
    other = ssh(tmp_path, "id", "-t", "ed25519")
    data = encrypted(SECRET, [age[0], f"{other}.pub"])
    assert decrypted(data, age[1], never) == decrypted(data, other, never) == SECRET


def test_the_passphrase_of_an_identity_is_asked_for(age: tuple[str, Path], tmp_path: Path) -> None:
    locked = tmp_path / "locked.age"
    locked.write_bytes(pyrage.passphrase.encrypt(age[1].read_bytes(), "geheim"))
    data = encrypted(SECRET, [age[0]])
    asked: list[str] = []

    def ask(prompt: str) -> bytes:
        asked.append(prompt)
        return b"geheim"

    assert decrypted(data, locked, ask) == SECRET
    assert asked == [f"Passphrase of {locked} (not shown): "]
    with pytest.raises(BadKey, match="that is not its passphrase"):
        decrypted(data, locked, lambda _: b"falsch")


@pytest.mark.skipif(importlib.util.find_spec("bcrypt") is None, reason="ssh keys with a passphrase need bcrypt")
@pytest.mark.parametrize("more", [("-t", "ed25519"), ("-t", "rsa", "-b", "2048", "-m", "PEM")], ids=["openssh", "pem"])
def test_the_passphrase_of_an_ssh_key_is_asked_for(more: tuple[str, ...], tmp_path: Path) -> None:
    private = ssh(tmp_path, "id", *more, passphrase="geheim")
    data = encrypted(SECRET, [f"{private}.pub"])
    assert decrypted(data, private, lambda _: b"geheim") == SECRET
    with pytest.raises(BadKey, match="that is not its passphrase"):
        decrypted(data, private, lambda _: b"falsch")


def test_without_bcrypt_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = ssh(tmp_path, "id", "-t", "ed25519", passphrase="geheim")
    monkeypatch.setattr("why20003.sealing.find_spec", lambda _: None)
    with pytest.raises(BadKey, match="needs the package bcrypt"):
        decrypted(encrypted(SECRET, [f"{private}.pub"]), private, never)


def test_the_wrong_key_opens_nothing(age: tuple[str, Path], tmp_path: Path) -> None:
    data = encrypted(SECRET, [age[0]])
    other = tmp_path / "other.txt"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(NotForThisKey, match="encrypted for another key"):
        decrypted(data, other, never)


@pytest.mark.parametrize("at", [30, 100, -1])
def test_what_was_damaged_is_refused(age: tuple[str, Path], at: int) -> None:
    data = bytearray(encrypted(SECRET, [age[0]]))
    data[at] ^= 1
    with pytest.raises(NotForThisKey, match="or it is damaged"):
        decrypted(bytes(data), age[1], never)


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("age1nonsense", "is no age or ssh key, or is damaged"),
        ("ssh-ed25519 AAAA", "is no age or ssh key, or is damaged"),
        ("no-such-file.pub", "expected age1..., ssh-ed25519"),
        ("nothing.pub", "the file holds no age or ssh key"),
        ("binary.pub", "expected age1..., ssh-ed25519"),
        ("private", "is a private key; give the public one"),
        ("other.pub", "is no age or ssh key"),
        ("large.pub", "expected age1..., ssh-ed25519"),
    ],
)
def test_what_is_no_public_key_is_refused(
    key: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: tuple[str, Path]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nothing.pub").write_text("# a comment\n\n")
    Path("binary.pub").write_bytes(b"\xff\xfe")
    Path("private").write_text(age[1].read_text())
    Path("other.pub").write_text("ecdsa-sha2-nistp256 AAAA\n")
    Path("large.pub").write_bytes(b"#" * 100_000)
    for refuse in (lambda: look_at([key]), lambda: encrypted(SECRET, [key])):
        with pytest.raises(BadKey, match=says):
            refuse()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "holds neither an age identity"),
        (b"AGE-SECRET-KEY-1" + b"Q" * 58, "the age identity in it is damaged"),
        (
            b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
            "the ssh key in it is damaged",
        ),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\n", "the ssh key in it is damaged"),
        (b"x" * 100_000, "too large for a key"),
        (None, "cannot be read: No such file"),
    ],
)
def test_what_is_no_private_key_is_refused(
    content: bytes | None, says: str, tmp_path: Path, age: tuple[str, Path]
) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadKey, match=says) as refused:
        decrypted(encrypted(SECRET, [age[0]]), path, never)
    assert "AGE-SECRET" not in str(refused.value).replace("(AGE-SECRET-KEY-1...)", "")
