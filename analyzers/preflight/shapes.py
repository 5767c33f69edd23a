"""The form of each value: whether it can be what its name says. Forms: docs/facts.md 2.1."""

from collections.abc import Iterator, Mapping, Sequence

from analyzers.expected import Role
from analyzers.kinship import stray
from analyzers.placeholders import is_overwritten, is_placeholder, is_reference, is_unset
from analyzers.preflight.remarks import Remark, Severity, place, problem_of, spot
from analyzers.setting import Reader, Setting
from analyzers.twilio import SID_LENGTH, Kind, core_of, kind_of, sid_kind
from analyzers.vendors import foreign

_LONGEST = 4096
_SECRET_LENGTH = 32
_SIDS = frozenset({Kind.ACCOUNT_SID, Kind.KEY_SID, Kind.OTHER_SID})
WANTED: Mapping[Role, Kind] = {
    Role.ACCOUNT_SID: Kind.ACCOUNT_SID,
    Role.TEST_ACCOUNT_SID: Kind.ACCOUNT_SID,
    Role.KEY_SID: Kind.KEY_SID,
    Role.AUTH_TOKEN: Kind.HEX_32,
    Role.TEST_AUTH_TOKEN: Kind.HEX_32,
    Role.KEY_SECRET: Kind.ALNUM_32,
}
_FORMS: Mapping[Kind, str] = {
    Kind.ACCOUNT_SID: "an Account SID",
    Kind.KEY_SID: "an API key SID",
    Kind.HEX_32: "an Auth Token",
    Kind.ALNUM_32: "an API key's secret",
}
_PREFIX: Mapping[Kind, bytes] = {Kind.ACCOUNT_SID: b"AC", Kind.KEY_SID: b"SK"}
_CALLED: Mapping[Role, str] = {
    Role.ACCOUNT_SID: "the Account SID (AC and 32 hex digits)",
    Role.TEST_ACCOUNT_SID: "the test Account SID (AC and 32 hex digits)",
    Role.KEY_SID: "the SID of the API key (SK and 32 hex digits)",
    Role.AUTH_TOKEN: "the Auth Token (32 lower-case hex digits)",
    Role.TEST_AUTH_TOKEN: "the test Auth Token (32 lower-case hex digits)",
    Role.KEY_SECRET: "the secret that was shown when the key was made (32 letters and digits)",
}


def plain_kind(setting: Setting) -> Kind:
    """What a value looks like with strays taken off its edges."""
    value = setting.value[:_LONGEST]
    return kind_of(value[slice(*core_of(value))])


def shapes(settings: Sequence[Setting], told: frozenset[int] = frozenset()) -> Iterator[Remark]:
    """What is wrong with values by themselves. `told` are the places in `settings` of those whose form is explained."""
    for at, setting in enumerate(settings):
        if setting.role in WANTED and setting.value:
            yield from _of_one(setting, form=at not in told)


def _of_one(setting: Setting, *, form: bool) -> Iterator[Remark]:
    value = setting.value[:_LONGEST]
    if is_unset(value) or is_placeholder(value) or is_overwritten(value):
        yield _stand_in(setting, value)
        return
    yield from _strays(setting, value)
    if form and (wrong := _wrong_kind(setting, value[slice(*core_of(value))])) is not None:
        yield wrong


def _stand_in(setting: Setting, value: bytes) -> Remark:
    replace = f"Put {_CALLED[setting.role or Role.OTHER]} there"
    if is_unset(value):
        says = f"{setting.name} holds the word for a missing value, not a value"
        return Remark(problem_of(setting), "unset-credentials", says, (spot(setting),), (replace,))
    filled = setting.reader in {Reader.DOTENV, Reader.ENV_FILE}
    if is_reference(value) or (filled and b"$" in value):
        says = f"{setting.name} names the place of a value, which something has to fill in before the program starts"
        fix = "Start the program by the tool that fills it in; python-dotenv and Compose fill in ${...}, others do not"
        severity = Severity.DOUBT if filled else problem_of(setting)
        return Remark(severity, "placeholder-value", says, (spot(setting),), (fix,))
    says = f"{setting.name} holds a placeholder that nobody replaced"
    return Remark(problem_of(setting), "placeholder-value", says, (spot(setting),), (replace,))


def _strays(setting: Setting, value: bytes) -> Iterator[Remark]:
    start, end = core_of(value)
    if start >= end:
        says = f"{setting.name} holds blanks or quotes only"
        yield Remark(problem_of(setting), "half-empty", says, (spot(setting),), ("Put the value there",))
        return
    inside = _inside(value[start:end])
    front, behind = value[:start], value[end:]
    found = [(front, "in front of the value", 0), (behind, "behind the value", end)]
    if front and behind:
        found = [(front, "around the value", 0)]
    if inside is not None:
        found.append((value[start + inside : end], f"after {inside} characters", start + inside))
    for text, where, at in found:
        if text:
            says = f"{setting.name} has {_named(text, where, at)} {where}"
            yield Remark(
                problem_of(setting), "stray-characters", says, (spot(setting, where),), _stray_fix(setting, text)
            )


def _inside(core: bytes) -> int | None:
    """Where a character stands that no SID or secret has; None where there is none, or the value is another thing."""
    at = next((at for at, byte in enumerate(core) if not chr(byte).isalnum() or byte > 127), None)
    if at is None or foreign(core) is not None:
        return None
    rest = bytes(byte for byte in core if byte < 128 and chr(byte).isalnum())
    return at if kind_of(rest) in {*_FORMS, Kind.OTHER_SID} else None


def _named(text: bytes, where: str, at: int) -> str:
    """The first character, or that it is a word; never a letter or a digit."""
    return stray(text[:1] if text[0] < 128 and where.startswith("after") else text, where, at).kind


def _stray_fix(setting: Setting, stray: bytes) -> tuple[str, ...]:
    where = place(setting)
    if stray.strip(b"\r\n \t") == b"" and setting.reader is Reader.ENVIRONMENT:
        return (f"Take it off where {setting.name} is set: echo writes a line feed, printf '%s' does not",)
    if stray[:1] in {b'"', b"'"} and setting.reader is Reader.ENVIRONMENT:
        return (f"Set {setting.name} without quotes: docker run --env-file and forms of CI systems keep them",)
    return (f"Copy the value once more, without what stands around it, to {where}",)


def _wrong_kind(setting: Setting, core: bytes) -> Remark | None:
    role = setting.role or Role.OTHER
    kind, wanted = kind_of(core), WANTED[role]
    if kind is wanted or not core or _inside(core) is not None:
        return None
    if (service := foreign(core)) is not None:
        says = f"{setting.name} holds a credential of {service.vendor}"
        return Remark(problem_of(setting), "foreign-secret", says, (spot(setting),), (f"Put {_CALLED[role]} there",))
    slug, says, certain = _sid_fault(setting, core, wanted) if wanted in _PREFIX else _secret_fault(setting, core, kind)
    severity = problem_of(setting) if certain else Severity.DOUBT
    return Remark(severity, slug, says, (spot(setting),), (f"Put {_CALLED[role]} there",))


def _sid_fault(setting: Setting, core: bytes, wanted: Kind) -> tuple[str, str, bool]:
    """Slug, sentence, and whether nothing else can be meant: the names of an API key are only a convention."""
    certain = wanted is Kind.ACCOUNT_SID
    kind = kind_of(core)
    if kind in _SIDS:
        says = f"{setting.name} holds the SID of {_article(sid_kind(core))}, not {_FORMS[wanted]}"
        return "wrong-kind-of-sid", says, certain or kind is Kind.OTHER_SID
    if kind in {Kind.HEX_32, Kind.ALNUM_32}:
        says = f"{setting.name} holds something of the form of {_FORMS[kind]}, not {_FORMS[wanted]}"
        return "sid-misshapen", says, certain
    if core[:2].upper() == _PREFIX[wanted] and len(core) != SID_LENGTH:
        return "sid-misshapen", f"{setting.name} has {len(core)} characters; a SID has {SID_LENGTH}", True
    says = f"{setting.name} has not the form of {_FORMS[wanted]}"
    return "sid-misshapen", says, certain


def _secret_fault(setting: Setting, core: bytes, kind: Kind) -> tuple[str, str, bool]:
    """As `_sid_fault`. Twilio promises no form for a secret, so only a SID is certainly none."""
    role = setting.role
    if kind in _SIDS:
        return "sid-as-password", f"{setting.name} holds a SID, not a secret", True
    if role is Role.KEY_SECRET and kind is Kind.HEX_32:
        return "token-with-key-sid", f"{setting.name} looks like an Auth Token, not like an API key's secret", False
    if kind is Kind.ALNUM_32 and core.lower() != core and kind_of(core.lower()) is Kind.HEX_32:
        return "token-misshapen", f"{setting.name} is in capitals; an Auth Token is in lower case", False
    if kind is Kind.ALNUM_32:
        return (
            "secret-with-account-sid",
            f"{setting.name} looks like an API key's secret, not like an Auth Token",
            False,
        )
    if len(core) != _SECRET_LENGTH:
        says = f"{setting.name} has {len(core)} characters; such secrets have {_SECRET_LENGTH}"
        return "token-misshapen", says, False
    return "token-misshapen", f"{setting.name} has characters that such secrets do not have", False


def _article(kind: str) -> str:
    return f"an {kind}" if kind[:1].upper() in "AEIO" else f"a {kind}"


__all__ = ["WANTED", "plain_kind", "shapes"]
