"""CA certificates from PEM files."""

import base64
import ssl
from pathlib import Path

import certifi
import pytest

from why20003.launch import bundle
from why20003.launch.bundle import certificates_in, pem, system_certificates


def block(content: bytes, label: str = "CERTIFICATE") -> bytes:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(content).decode()}-----END {label}-----\n".encode()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param(block(b"a") + block(b"b"), (b"a", b"b"), id="two"),
        pytest.param(block(b"a") + block(b"a"), (b"a",), id="the-same-twice"),
        pytest.param(b"# Company root\n" + block(b"a") + b"trailing", (b"a",), id="text-around"),
        pytest.param(block(b"a").replace(b"\n", b"\r\n"), (b"a",), id="line-ends-of-windows"),
        pytest.param(block(b"a" * 500), (b"a" * 500,), id="several-lines"),
        pytest.param(block(b"k", "PRIVATE KEY") + block(b"a"), (b"a",), id="a-key-is-not-one"),
        pytest.param(block(b"a", "TRUSTED CERTIFICATE"), (b"a",), id="openssls-own-label"),
        pytest.param(b"-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----", (), id="no-base64"),
        pytest.param(b"", (), id="empty"),
        pytest.param(b"\xff\xfe\x00" * 100, (), id="binary"),
    ],
)
def test_what_a_file_holds(tmp_path: Path, content: bytes, found: tuple[bytes, ...]) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(content)

    assert certificates_in([file]) == found


def test_a_folder_is_its_files_and_what_cannot_be_read_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "b.pem").write_bytes(block(b"b"))
    (tmp_path / "a.0").write_bytes(block(b"a"))
    (tmp_path / "gone").symlink_to("nowhere")

    assert certificates_in([tmp_path / "missing", tmp_path]) == (b"a", b"b")


def test_a_file_without_end_is_left_alone(tmp_path: Path) -> None:
    assert certificates_in([Path("/dev/zero")]) == ()


def test_pem_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(pem([b"a", b"b" * 99]))

    assert certificates_in([file]) == (b"a", b"b" * 99)


def test_the_systems_certificates_load() -> None:
    known = system_certificates()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=pem(known).decode())

    assert len(context.get_ca_certs()) > 50
    assert set(certificates_in([Path(certifi.where())])) <= set(known)


def test_a_machine_without_any_has_those_of_certifi(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = ssl.get_default_verify_paths()._replace(openssl_cafile="/nowhere/cert.pem")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    monkeypatch.setattr(bundle, "_PLACES", ("/nowhere/either.pem",))

    assert system_certificates() == certificates_in([Path(certifi.where())])
