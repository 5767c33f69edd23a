"""Files beside the authority."""

import shutil
import subprocess
from pathlib import Path

import pytest

from why20003.launch.client_files import NODE_HOOK, lay_out, write_private


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    monkeypatch.setenv("HOME", str(made))
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / 'my "own" folder'
    made.mkdir()
    return made


def test_the_hooks_are_there(home: Path, folder: Path) -> None:
    lay_out(folder, folder / "bundle.pem")

    assert [path.name for path in (folder / "python").iterdir()] == ["sitecustomize.py"]
    assert NODE_HOOK.is_file()


@pytest.mark.parametrize("before", [None, b"quiet = on\nca_certificate = /old.pem"])
def test_wget_keeps_the_users_settings_and_ours_counts(home: Path, folder: Path, before: bytes | None) -> None:
    if before is not None:
        (home / ".wgetrc").write_bytes(before)

    lay_out(folder, folder / "bundle.pem")

    assert (folder / "wgetrc").read_bytes() == (before or b"") + f"\nca_certificate = {folder}/bundle.pem\n".encode()


def test_a_machine_without_home_has_no_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", _no_home)

    lay_out(folder, folder / "bundle.pem")

    assert (folder / "wgetrc").read_bytes().startswith(b"\nca_certificate")


def _no_home() -> Path:
    raise RuntimeError("Could not determine home directory.")


@pytest.mark.skipif(shutil.which("php") is None, reason="php is not installed")
@pytest.mark.parametrize("setting", ["curl.cainfo", "openssl.cafile"])
def test_php_reads_the_path_as_it_is_beside_its_own_settings(home: Path, folder: Path, setting: str) -> None:
    lay_out(folder, folder / "bundle.pem")
    plain = _php("echo php_ini_scanned_files();", {})

    given = {"PHP_INI_SCAN_DIR": f":{folder / 'php'}"}
    found = _php(f"echo ini_get('{setting}'), PHP_EOL, php_ini_scanned_files();", given)

    value, _, files = found.partition("\n")
    assert value == str(folder / "bundle.pem")
    assert {name.strip() for name in plain.split(",")} - {""} < {name.strip() for name in files.split(",")}


def _php(code: str, environment: dict[str, str]) -> str:
    given = {"PATH": "/usr/bin:/bin", **environment}
    return subprocess.run(["php", "-r", code], env=given, capture_output=True, text=True, check=True).stdout


def test_a_private_file_is_never_written_over(tmp_path: Path) -> None:
    write_private(tmp_path / "key", b"one")

    with pytest.raises(FileExistsError):
        write_private(tmp_path / "key", b"two")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
