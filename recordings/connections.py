"""What recorders write of the connection to a server, in the form that an Exchange has it."""

import ipaddress
import re
from typing import Final

_LONGEST: Final = 100
_WITH_PORT: Final = re.compile(r"(?:\[([^\]]*)\]|([0-9.]+))(?::[0-9]{1,5})?")
# "TLSv1.3" (OpenSSL and what follows it), "TLS1.3" (GnuTLS), "TLS 1.3" (browsers); OpenSSL calls TLS 1.0 "TLSv1".
_VERSION: Final = re.compile(r"(?:TLS *v?1(?:\.([0-9]))?|SSL *v?([23])(?:\.0)?)", re.IGNORECASE)


def address_in(text: str) -> str | None:
    """The IP address that `text` is, which may have brackets around it and a port behind it; None for all else."""
    text = text[:_LONGEST].strip()
    found = _WITH_PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address((found[1] or found[2]) if found else text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return None if address.is_unspecified else str(mapped or address)


def tls_version_in(text: str) -> str | None:
    """The version of TLS that `text` names, as ``TLSv1.3``; None for all else."""
    found = _VERSION.fullmatch(text[:_LONGEST].strip())
    if found is None:
        return None
    minor, old = found.groups()
    if old is not None:
        return f"SSLv{old}"
    return "TLSv1" if minor in {None, "0"} else f"TLSv1.{minor}"


__all__ = ["address_in", "tls_version_in"]
