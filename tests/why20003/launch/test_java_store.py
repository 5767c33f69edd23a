"""Trust stores of Java: ours is read by the real keytool, and we read what keytool writes."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from why20003.launch.authority import make_authority
from why20003.launch.bundle import certificates_in, system_certificates
from why20003.launch.java_store import java_certificates, java_store, java_stores

needs_keytool = pytest.mark.skipif(shutil.which("keytool") is None, reason="keytool is not installed")


@pytest.fixture
def certificates(tmp_path: Path) -> tuple[bytes, ...]:
    (tmp_path / "authority").mkdir()
    return certificates_in([make_authority(tmp_path / "authority", [], []).certificate, tmp_path / "authority"])


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    store = tmp_path / "s.jks"
    store.write_bytes(java_store([b"one", b"two", b""], 1.5))

    assert java_certificates([store, store]) == (b"one", b"two", b"")


@needs_keytool
def test_keytool_reads_it_and_finds_it_whole(tmp_path: Path) -> None:
    known = system_certificates()
    store = tmp_path / "s.jks"
    store.write_bytes(java_store(known, 0))

    for password in (["-storepass", "changeit"], []):  # without one, as a JVM reads it
        listed = subprocess.run(
            ["keytool", "-list", "-keystore", str(store), *password],
            input="\n",
            capture_output=True,
            text=True,
            check=True,
        )
        assert f"Your keystore contains {len(known)} entries" in listed.stdout
    damaged = tmp_path / "damaged.jks"
    damaged.write_bytes(store.read_bytes()[:-1] + b"x")
    arguments = ["keytool", "-list", "-keystore", str(damaged), "-storepass", "changeit"]
    assert subprocess.run(arguments, capture_output=True, check=False).returncode == 1


@needs_keytool
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        pytest.param("JKS", [], id="jks"),
        pytest.param("PKCS12", [], id="pkcs12"),
        pytest.param(
            "PKCS12",
            ["-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE", "-J-Dkeystore.pkcs12.macAlgorithm=NONE"],
            id="pkcs12-without-password",  # as Java 18 and later bring it
        ),
    ],
)
def test_stores_that_java_writes_are_read(
    kind: str, options: list[str], tmp_path: Path, certificates: tuple[bytes, ...]
) -> None:
    store = tmp_path / "theirs"
    pem = tmp_path / "authority" / "mitmproxy-ca-cert.pem"
    arguments = [
        "-importcert",
        "-noprompt",
        "-alias",
        "x",
        "-file",
        str(pem),
        "-keystore",
        str(store),
        "-storetype",
        kind,
    ]
    subprocess.run(["keytool", *options, *arguments, "-storepass", "changeit"], capture_output=True, check=True)

    assert java_certificates([store]) == certificates[:1]


def test_what_cannot_be_read_has_none(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "cut").write_bytes(java_store([b"one"], 0)[:20])

    assert java_certificates([tmp_path / "missing", tmp_path, tmp_path / "empty", tmp_path / "cut"]) == ()


@given(st.binary(max_size=200))
def test_any_bytes_behind_the_magic_give_a_result(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    store = tmp_path_factory.getbasetemp() / "any.jks"
    for head in (b"\xfe\xed\xfe\xed", b"\xfe\xed\xfe\xed\0\0\0\2\0\0\0\1\0\0\0\2", b""):
        store.write_bytes(head + content)
        assert isinstance(java_certificates([store]), tuple)


def test_the_stores_of_an_environment(tmp_path: Path) -> None:
    home = tmp_path / "jdk"
    for name in ("bin/java", "lib/security/cacerts", "own.jks"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).touch(mode=0o700)
    link = tmp_path / "bin"
    link.mkdir()
    (link / "java").symlink_to(home / "bin" / "java")
    options = f"-Xmx1g -Djavax.net.ssl.trustStore='{home / 'own.jks'}'"

    assert java_stores({"PATH": "/nowhere"}) == ()
    assert java_stores({"PATH": "/nowhere", "JAVA_HOME": str(home)}) == (home / "lib/security/cacerts",)
    assert java_stores({"PATH": str(link)}) == (home / "lib/security/cacerts",)
    assert java_stores({"PATH": str(link), "_JAVA_OPTIONS": options}) == (
        home / "own.jks",
        home / "lib/security/cacerts",
    )
