"""What it does: reads the codes of Public Key Client Validation and the token in Twilio-Client-Validation: its header,
issuer, times, and whether the hash that it signs is that of the request as recorded. When it is not, or when Twilio
says so, it looks for what changed the request: an option of the recording proxy, another tap of the same request.

Why it fails: the token signs method, path, query, Authorization, host and body. Whatever changes one of them behind the
client breaks the signature; so does a key that Twilio does not know, an old token, or a header that is missing where
the account demands it.

Cannot see: whether the private key belongs to the public key in kid, and what happens to the request behind this proxy.

Fix: let nothing between client and Twilio change host, path, query, Authorization or body; other headers may be added.
Sign with the latest helper library, a public key that Twilio knows, and a clock that is right. The diagnosis says what
the code that came asks for.

Source: https://www.twilio.com/docs/iam/pkcv/quickstart, https://www.twilio.com/docs/api/errors/70156; docs/facts.md 1.6
and 7.4 (read 2026-11-20)
"""

from analyzers.building import KEY, KEY_SECRET, basic, refused
from analyzers.building_tokens import client_token, validation_token, voice_event
from analyzers.case import Case
from analyzers.findings import HISTORY, Evidence, Outcome, RuledOut, Stands, Unknown, Verdict
from analyzers.rules import Rule
from analyzers.token_answer import code_evidence
from analyzers.twilio import CODE_REFUSED
from analyzers.validation_token import NAME, Validation, evidence_of, validation_of

_CHANGED = (
    "The request is not the one that was signed",
    "Let nothing change host, path, query, Authorization or body after signing; sign last, with the latest library",
)
_TIMES = "Set the clock of the signing machine by NTP, and sign each request anew"
# Meaning and first step of each code: https://www.twilio.com/docs/api/errors/N, docs/facts.md 1.6 (read 2026-11-20)
_CODES = {
    20151: (f"Twilio could not validate the token in {NAME}", f"Compare the token in {NAME} with the documentation"),
    20152: (
        f"The header of the token in {NAME} is invalid",
        "Set cty twilio-pkrv;v=1, alg RS256 or PS256, and kid the public key's SID",
    ),
    20153: (
        f"Issuer or subject of the token in {NAME} is invalid",
        "Set iss to the API key of Authorization, sub to its account",
    ),
    20154: (
        f"The token in {NAME} lacks a claim that is required, hrh or rqh",
        "Add hrh and rqh: let a helper library sign the request",
    ),
    20155: (f"The token in {NAME} is not valid yet", _TIMES),
    20156: (f"The token in {NAME} has expired, or its expiration is none", _TIMES),
    20157: (
        f"The token in {NAME} lives longer than 24 hours",
        "Give it a few minutes: the helper libraries give it 300 seconds",
    ),
    20158: (f"Twilio could not validate the token in {NAME}", f"Compare the token in {NAME} with the documentation"),
    20159: ("The private key does not belong to the public key in kid", "Sign with the private key of that public key"),
    20160: (f"The token in {NAME} is no valid JWT", "Let a helper library make the token, and send it whole"),
    70052: (f"The account demands {NAME}, and none came", "Sign requests, or switch the demand off in the Console"),
    70053: ("The account does not use Public Key Client Validation", f"Leave {NAME} out, or enable it for the account"),
    70153: ("Twilio does not know the public key in kid", "Submit the public key and use the SID (CR...) you get"),
    70154: ("The public key is invalid", "Submit a new RSA key of 2048 bits with exponent 65537"),
    70155: ("A header that the token signs is missing", "Send every header that hrh names, Authorization above all"),
    70156: _CHANGED,
}
_DEMANDED = frozenset({70052, 70053})
_OWN = frozenset(range(70153, 70157))
# Newer products put the bare HTTP status into the code: docs/facts.md 1.5
_OPEN = frozenset({CODE_REFUSED, 401, None})
# Codes for which a changed request is a reason; 20159 and 20160 are not, the token itself is.
_OF_THE_REQUEST = frozenset({20151, 20154, 70155, 70156}) | _OPEN
_MOST_OPTIONS = 3


def check(case: Case) -> Outcome:
    """Confirmed by a code of client validation with the header present or demanded; likely by a visible fault."""
    if case.answer is None:
        return Unknown("let the request reach Twilio: no answer came")
    validation = validation_of(case)
    code = case.answer.code
    if code in _CODES and (validation.present or code in _DEMANDED):
        return _stands(case, validation, Verdict.CONFIRMED)
    if validation.present:
        return _other_code(case, validation)
    if code in _OWN:
        return _stands(case, validation, Verdict.LIKELY)
    if case.absence is Verdict.CONFIRMED or case.tokens:
        return RuledOut(f"the request has no {NAME}, and the answer demands none")
    return Unknown(f"capture live: this export may have lost {NAME}")


def _other_code(case: Case, validation: Validation) -> Outcome:
    """The outcome for a validated request that Twilio refused with another code."""
    broken = validation.faults or (validation.fit.decided and not validation.fit.fits)
    if case.answer is None or not case.answer.by_twilio:
        return Unknown("look at an answer made by Twilio itself")
    if broken and case.answer.code in _OPEN:
        return _stands(case, validation, Verdict.LIKELY)
    if validation.fit.fits and not broken:
        return RuledOut("the signed hash fits the request, and Twilio's code speaks of something else")
    return Unknown()


def _stands(case: Case, validation: Validation, verdict: Verdict) -> Stands:
    code = case.answer.code if case.answer else None
    says, step = _CODES.get(
        code or 0, _CHANGED if not validation.faults else (_first_fault(validation), _CODES[20151][1])
    )
    evidence = [*evidence_of(validation), *_taps(case)]
    if code in _CODES:
        evidence.insert(0, code_evidence(code or 0, says[:1].lower() + says[1:]))
    options = _options(case) if _may_be_changed(validation, code) else ""
    if options:
        says = f"An active option of this proxy changes requests ({options}), so the signed hash cannot fit"
        step = f"Record again without these options of mitmproxy: {options}"
    elif code == 70156 and validation.fit.fits:
        says = "The request was changed behind this recording: here it still fits the signed hash"
    elif validation.fit.without and code in _OF_THE_REQUEST:
        says = f"The {validation.fit.without} was added to the request after it was signed"
    fix = (step, *((_CHANGED[1],) if step != _CHANGED[1] and code in _OF_THE_REQUEST else ()))
    return Stands(verdict, says, tuple(evidence), fix, None if verdict is Verdict.CONFIRMED else RULE.settle)


def _may_be_changed(validation: Validation, code: int | None) -> bool:
    """Whether a change of the request, and not the token itself, explains the code."""
    fit = validation.fit
    return code in _OF_THE_REQUEST and not fit.fits and (fit.decided or not validation.faults)


def _first_fault(validation: Validation) -> str:
    return f"The token in {NAME} cannot be accepted: {validation.faults[0]}"


def _options(case: Case) -> str:
    """The proxy's active options that change requests; their names are its own."""
    names = [name for name in case.exchange.proxy_options if name.isidentifier() and len(name) <= 40]
    return ", ".join(names[:_MOST_OPTIONS])


def _taps(case: Case) -> tuple[Evidence, ...]:
    says = "the same request, nearer to the client, has another Authorization"
    return tuple(
        Evidence(HISTORY, says, index=tap.index)
        for tap in case.bearing.taps
        if tap.client_side and tap.certain and not tap.same_value
    )


RULE = Rule(
    slug="client-validation-failed",
    title="Public Key Client Validation failed",
    check=check,
    page=__doc__ or "",
    settle="repeat the request without any proxy option that changes it",
    hit=lambda: (
        refused(
            basic(KEY, KEY_SECRET),
            extra=((b"Twilio-Client-Validation", validation_token(basic(KEY, KEY_SECRET))),),
            body=b"Body=changed",
            code=70156,
            message="Request Hash Is Invalid",
        ),
    ),
    miss=lambda: (voice_event(client_token(), 20159, "Invalid Signature"),),
)
