"""Files that tell a client what no variable can: settings of PHP and wget, the hooks for Python and Node."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

# Names inside the private folder.
ADDED = "added.pem"
"""Our CA and those that the parent's variables name, for clients that add them to their own."""
PYTHON = "python"
PHP = "php"
WGETRC = "wgetrc"

_HOOKS = Path(__file__).parent / "hooks"
NODE_HOOK = _HOOKS / "node" / "proxy.cjs"
"""Loaded from where it is installed: Node ends when the file is gone, and a process may outlive its run."""


def lay_out(folder: Path, bundle: Path) -> None:
    """Write the files into `folder`, readable by the owner alone."""
    (folder / PYTHON).mkdir(mode=0o700)
    shutil.copyfile(_HOOKS / "python" / "sitecustomize.py", folder / PYTHON / "sitecustomize.py")
    (folder / PHP).mkdir(mode=0o700)
    quoted = '"' + str(bundle).replace("\\", "\\\\").replace('"', '\\"') + '"'
    write_private(folder / PHP / "why20003.ini", f"curl.cainfo = {quoted}\nopenssl.cafile = {quoted}\n".encode())
    write_private(folder / WGETRC, _own_wgetrc() + f"\nca_certificate = {bundle}\n".encode())


def write_private(path: Path, content: bytes) -> None:
    """Make a new file that its owner alone can read."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - a descriptor
        file.write(content)


def _own_wgetrc() -> bytes:
    """The user's own settings, which wget does not read when WGETRC names other ones."""
    with suppress(OSError, RuntimeError):
        return (Path.home() / ".wgetrc").read_bytes()
    return b""
