from dataclasses import replace
from typing import Any

import pytest

from analyzers.building import GOOD, SID, refused
from analyzers.building_tokens import validation_token
from analyzers.credential import decode_jwt
from analyzers.exchange import Exchange
from analyzers.request_hash import Fit, fit_of
from analyzers.tokens import VALIDATION_HEADER
from recordings.redact import redacted

BODY = b"To=%2B12125558437&Body=Quellmann"


def request(body: bytes = BODY, token_body: bytes = BODY, **claims: object) -> Exchange:
    token = validation_token(GOOD, token_body, **claims)
    return refused(GOOD, body=body, extra=((b"Twilio-Client-Validation", token),))


def fit(exchange: Exchange) -> Fit | None:
    value = exchange.request.first(VALIDATION_HEADER)
    assert value is not None
    jwt, _ = decode_jwt(value)
    assert jwt is not None
    names, signed = str(jwt.claims.get("hrh")), str(jwt.claims.get("rqh"))
    return fit_of(exchange.request, exchange.fidelity, names, signed)


@pytest.mark.parametrize(
    "exchange",
    [
        pytest.param(request(), id="fits"),
        pytest.param(request(token_body=b"other"), id="other-body"),
        pytest.param(request(token_body=b""), id="without-the-body"),
        pytest.param(replace(request(), request=replace(request().request, method="PUT")), id="other-method"),
    ],
)
def test_what_fitted_fits_and_nothing_else(exchange: Exchange) -> None:
    [new] = redacted([exchange], b"k" * 32)
    before, after = fit(exchange), fit(new)
    assert before is not None
    assert after is not None
    assert (before.fits, before.without, before.decided) == (after.fits, after.without, after.decided)
    assert new.request.body != exchange.request.body


@pytest.mark.parametrize("claims", [{"rqh": "short"}, {"rqh": 5}, {"hrh": None}, {"sub": SID.decode()}])
def test_other_claims_raise_nothing(claims: dict[str, Any]) -> None:
    assert len(redacted([request(**claims)], b"k" * 32)) == 1
