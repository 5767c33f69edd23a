"""The issuer is what the cryptography package reads, for every kind of string that a name may be written in."""

import base64
import datetime as dt
import os

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from mitmproxy import certs

from recordings.certificates import issuer_of, shown_issuer

pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length:UserWarning")  # cryptography's, of long names

KEY = ec.generate_private_key(ec.SECP256R1())
ORGANIZATION, NAME, UNIT = NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME
KINDS = [
    *(_ASN1Type.UTF8String, _ASN1Type.PrintableString, _ASN1Type.IA5String, _ASN1Type.T61String),
    *(_ASN1Type.VisibleString, _ASN1Type.BMPString, _ASN1Type.UniversalString),
]
EXAMPLES = int(os.environ.get("WHY20003_EXAMPLES", "30"))
Attribute = tuple[x509.ObjectIdentifier, str, _ASN1Type]


def pem(*attributes: Attribute, serial: int = 7, together: bool = False) -> bytes:
    """A certificate whose issuer has these attributes, each a part of the name of its own or all one part."""
    made = [x509.NameAttribute(kind, value, how, _validate=False) for kind, value, how in attributes]
    parts = [x509.RelativeDistinguishedName(made)] if together else [x509.RelativeDistinguishedName([a]) for a in made]
    begin = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - the builder takes UTC without a zone
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(x509.Name(parts if made else []))
        .public_key(KEY.public_key())
        .serial_number(serial)
        .not_valid_before(begin)
        .not_valid_after(begin)
        .sign(KEY, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM)


def as_cryptography_reads(text: bytes) -> str | None:
    try:
        return shown_issuer(certs.Cert.from_pem(text).issuer)
    except ValueError:
        return None


@pytest.mark.parametrize("how", KINDS)
@pytest.mark.parametrize("value", ["Example", "Beispiel GmbH", "x" * 300])
def test_every_kind_of_string(how: _ASN1Type, value: str) -> None:
    text = pem((ORGANIZATION, value, how))

    assert issuer_of(text) == as_cryptography_reads(text) == value[:60]


@pytest.mark.parametrize(
    ("attributes", "issuer"),
    [
        pytest.param([(ORGANIZATION, "Org"), (NAME, "CN")], "Org", id="organization-first"),
        pytest.param([(NAME, "CN"), (ORGANIZATION, "Org")], "Org", id="organization-last"),
        pytest.param([(UNIT, "Unit"), (NAME, "CN")], "CN", id="name"),
        pytest.param([(ORGANIZATION, "One"), (ORGANIZATION, "Two")], "Two", id="twice"),
        pytest.param([(ORGANIZATION, "\x00\x1b[2J\x7f"), (NAME, "CN")], "[2J", id="control-characters"),
        pytest.param([(UNIT, "Unit")], None, id="neither"),
        pytest.param([], None, id="no-name"),
        pytest.param([(ORGANIZATION, "Größe\u200b株式会社")], "Größe株式会社", id="unicode"),
    ],
)
def test_organisation_or_name(attributes: list[tuple[x509.ObjectIdentifier, str]], issuer: str | None) -> None:
    text = pem(*((kind, value, _ASN1Type.UTF8String) for kind, value in attributes))

    assert issuer_of(text) == as_cryptography_reads(text) == issuer


ATTRIBUTES = st.tuples(
    st.sampled_from([ORGANIZATION, NAME, UNIT, NameOID.LOCALITY_NAME, NameOID.EMAIL_ADDRESS]),
    st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF), min_size=1, max_size=70),
    st.sampled_from([_ASN1Type.UTF8String, _ASN1Type.BMPString, _ASN1Type.UniversalString, _ASN1Type.T61String]),
)


@settings(max_examples=EXAMPLES)
@given(st.lists(ATTRIBUTES, max_size=5), st.integers(1, 2**150), st.booleans())
def test_any_name(attributes: list[Attribute], serial: int, together: bool) -> None:
    told = {(kind, value) for kind, value, _ in attributes}
    text = pem(*attributes, serial=serial, together=together and len(told) == len(attributes) > 0)

    assert issuer_of(text) == as_cryptography_reads(text)


def test_a_real_authority() -> None:
    text = trustme.CA(organization_name="Example Gateway").issue_cert("api.twilio.com").cert_chain_pems[0].bytes()

    assert issuer_of(text) == as_cryptography_reads(text) == "Example Gateway"


def with_name(name: bytes, *, version: bytes = b"\xa0\x03\x02\x01\x02") -> bytes:
    """The beginning of a certificate, as far as it is read."""
    inner = version + b"\x02\x01\x07" + b"\x30\x00" + b"\x30" + bytes([len(name)]) + name
    inner = b"\x30\x82" + len(inner).to_bytes(2, "big") + inner
    der = b"\x30\x82" + len(inner).to_bytes(2, "big") + inner
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"


def test_a_certificate_of_the_first_version_has_no_version() -> None:
    organization = b"\x31\x0c\x30\x0a\x06\x03\x55\x04\x0a\x0c\x03Org"

    assert issuer_of(with_name(organization)) == "Org"
    assert issuer_of(with_name(organization, version=b"")) == "Org"


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"-----BEGIN CERTIFICATE-----", b"-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----"),
        *(b"-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----", b"-----BEGIN PRIVATE KEY-----"),
        with_name(b"\x31\x0c\x30\x0a\x06\x03\x55\x04\x0a\x0c\x03\xff\xff\xff"),
        with_name(b"\x31\x0c\x30\x0a\x04\x03\x55\x04\x0a\x0c\x03Org"),
        with_name(b"\x31\x0f\x30\x0d\x06\x03\x55\x04\x0a\x0c\x03Org\x0c\x01x"),
        with_name(b"\x31\x0c\x30\x0a\x06\x03\x55\x04\x0a\x0c\x7fOrg"),
        with_name(b"\x31\x0c\x30\x0a\x06\x03\x55\x04\x0a\x03\x03Org"),
    ],
)
def test_what_cannot_be_read_has_no_issuer(text: bytes) -> None:
    assert issuer_of(text) is None


@given(st.binary(max_size=80))
def test_any_bytes_have_an_issuer_or_none(der: bytes) -> None:
    text = b"-----BEGIN CERTIFICATE-----" + base64.b64encode(der) + b"-----END CERTIFICATE-----"

    assert issuer_of(text) is None or len(issuer_of(text) or "") <= 60
