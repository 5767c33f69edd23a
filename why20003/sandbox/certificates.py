"""A throwaway certificate authority and a server certificate for every name that a client asks for. In memory
only.
"""

from __future__ import annotations

import ssl
from typing import Final

import trustme

__all__ = ["Authority"]

_MOST_NAMES: Final = 256
_FALLBACK: Final = "sandbox.invalid"
# What trustme, cryptography and idna raise on a name that no certificate can hold.
_BAD_NAME: Final = (ValueError, TypeError)


class Authority:
    """Made at start, gone at the end; a client trusts it through ``ca_pem``."""

    def __init__(self) -> None:
        self._ca = trustme.CA(
            organization_name="why20003 sandbox", organization_unit_name="throwaway, trust nowhere else"
        )
        self._contexts: dict[str, ssl.SSLContext] = {}

    @property
    def ca_pem(self) -> bytes:
        """The CA's certificate; its private key never leaves the process."""
        return self._ca.cert_pem.bytes()

    def context(self, name: str) -> ssl.SSLContext:
        """TLS as this host; a client that names another host by SNI gets that host's certificate."""
        name = name.lower().strip("[]") or _FALLBACK
        if name not in self._contexts:
            if len(self._contexts) >= _MOST_NAMES:
                self._contexts.clear()
            self._contexts[name] = self._new_context(name)
        return self._contexts[name]

    def _new_context(self, name: str) -> ssl.SSLContext:
        try:
            certificate = self._ca.issue_cert(name)
        except _BAD_NAME:
            certificate = self._ca.issue_cert(_FALLBACK)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        context.set_alpn_protocols(["http/1.1"])
        context.sni_callback = self._by_name
        return context

    def _by_name(self, tls: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        if name:
            tls.context = self.context(name)
