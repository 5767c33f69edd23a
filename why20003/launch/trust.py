"""Which variable makes which client trust one more CA, measured: docs/clients.md 6."""

import os
from collections.abc import Mapping
from pathlib import Path

# The file replaces what the client trusts otherwise, so it holds the system's CAs too.
REPLACING = (
    "SSL_CERT_FILE",  # OpenSSL, hence Python's ssl, httpx, aiohttp, Ruby, PHP streams; Go, Rust, .NET on Linux
    "REQUESTS_CA_BUNDLE",  # requests, twilio
    "CURL_CA_BUNDLE",  # curl
    "AWS_CA_BUNDLE",  # boto3, AWS CLI
    "GIT_SSL_CAINFO",  # git
    "HTTPLIB2_CA_CERTS",  # httplib2
    "PERL_LWP_SSL_CA_FILE",  # LWP
)
# The file is added to what the client has built in.
ADDING = ("NODE_EXTRA_CA_CERTS", "DENO_CERT")
# Set by some for one client, which falls back to one of the above: replaced only where they are set.
WHERE_SET = ("HTTPS_CA_FILE", "MOJO_CA_FILE")


def trusted_files(parent: Mapping[str, str]) -> tuple[Path, ...]:
    """The CA files, and folders of such, that the parent's own variables name, each once. They need not exist."""
    named = [parent.get(name, "") for name in (*REPLACING, *ADDING, *WHERE_SET)]
    named += parent.get("SSL_CERT_DIR", "").split(os.pathsep)
    return tuple(dict.fromkeys(Path(value) for value in named if value))


def trust_variables(parent: Mapping[str, str], bundle: Path, added: Path) -> dict[str, str]:
    """What makes the child trust `bundle`, or `added` where a client only adds."""
    replaced = (*REPLACING, *(name for name in WHERE_SET if parent.get(name)))
    return dict.fromkeys(replaced, str(bundle)) | dict.fromkeys(ADDING, str(added))
