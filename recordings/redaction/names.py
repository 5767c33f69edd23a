"""Names of parameters, members, elements and headers: which of them are public, and what may stay beside them.

A name is compared without case and punctuation: ``date_created``, ``dateCreated`` and ``DateCreated`` are one.
"""

import re

from recordings.redaction.words import LABELS, PATH, PUBLIC

_PUNCTUATION = re.compile(rb"[^a-z0-9]+")
_CAMEL = re.compile(rb"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def plain(name: bytes) -> bytes:
    """A name without case and punctuation."""
    return _PUNCTUATION.sub(b"", name.lower())


# Numbers of a page, a size, a status, an order: they are shown where they are short.
COUNTS = frozenset(
    b"""page pagesize limit start end firstpage lastpage numpages total count size status code httpstatuscode statuscode
    errorcode errno numsegments nummedia expiresin ttl timeout length duration retryafter version maxage port""".split()
)
# Moments, as far as they are written as dates.
DATES = frozenset(
    b"""date datecreated dateupdated datesent createdat updatedat created updated starttime endtime startdate enddate
    timestamp expires expiry daterevoked dateexpires apiversion""".split()
)
# What Twilio, or whoever answered, says in words.
MESSAGES = frozenset(
    b"""message title detail details error errordescription errormessage reason description developermessage usermessage
    msg text fault errors warning warnings hint cause says evidence fix settle explain verdict""".split()
)
# What people write to people, so that even a word that stands in every dictionary goes.
FREE_TEXT = frozenset(b"body friendlyname twiml text note subject name content message attributes data say".split())

_MORE = frozenset(
    b"""
    moreinfo infourl uri url links href nextpageuri previouspageuri firstpageuri lastpageuri nextpageurl previouspageurl
    firstpageurl lastpageurl instance location path next previous first last self
    to from body mediaurl statuscallback statuscallbackmethod statuscallbackevent messagingservicesid accountsid
    applicationsid twiml url method fallbackurl fallbackmethod machinedetection record recordingchannels
    recordingstatuscallback sendas validityperiod maxprice providefeedback attempt forcedelivery contentretention
    addressretention smartencoded persistentaction shortenurls scheduletype sendat sendasmms contentvariables contentsid
    riskcheck phonenumber areacode smsurl voiceurl smsmethod voicemethod friendlyname uniquename channel locale
    customfriendlyname custommessage senddigits customcode amount payee ratelimits channelconfiguration appHash template
    verificationsid attributes tasksid taskchannel workflowsid priority assignmentstatus identity role rolesid
    username usernames name group data granttype clientid clientsecret audience scope scopes refreshtoken redirecturi
    responsetype state nonce codeverifier codechallenge accesstoken tokentype idtoken idempotencykey
    apikey apisecret apitoken ownerid owneraccountsid parentaccountsid authtoken secret password
    subresourceuris pagetoken priceunit price direction answeredby callername annotation trunksid sid
    meta key items results result messages calls accounts keys services alerts params parameters usererror user_error
    schemas scimtype why20003 twilioresponse restexception account message call exception xml request response
    list value values id ids type kind options headers auth login user pass pwd credentials sid token tokens
    sig signature xamzsignature xamzalgorithm xamzcredential xamzdate xamzexpires xamzsignedheaders xamzsecuritytoken
    xamzsig eventtype sourceid payload publisher metadata tags
    events level category callsid connection edge region sdkversion platform
    typ alg cty kid twr iss sub aud exp nbf iat jti grants voice video chat sync conversations verify taskrouter
    incoming allow outgoing applicationsid params pushcredentialsid servicesid endpointid endpoint friendlyname
    version workspacesid workersid workerSid policies policy filter queryfilter postfilter postFilter hrh rqh acc
    room ipmessaging player playbackgrant""".lower()
    .replace(b"_", b"")
    .split()
)
NAMES = frozenset({*COUNTS, *DATES, *MESSAGES, *FREE_TEXT, *_MORE, *map(plain, LABELS), *map(plain, PATH)})

# Names under which credentials stand: misplaced.py has the same for what it accuses.
_SECRET = re.compile(
    rb"(?:x|twilio|account|auth|api|key|apikey|client|access|user|refresh|id|session|csrf|xsrf|bearer|proxy)*"
    rb"(?:token|secret|password|passwd|pwd|pass|key|auth|credentials?|signature|sig|authorization)s?"
)


def is_public(name: bytes) -> bool:
    """Whether a name is one of Twilio's, or made of public words only; what is not may be a value in its place."""
    if len(name) > 60:
        return False
    return plain(name) in NAMES or _of_words(name)


def _of_words(name: bytes) -> bool:
    words = _CAMEL.findall(name)
    return bool(words) and all(word.lower() in PUBLIC for word in words) and _letters(words) == _letters([name])


def _letters(words: list[bytes]) -> int:
    return sum(len(_PUNCTUATION.sub(b"", word.lower())) for word in words)


def is_secret(name: bytes) -> bool:
    """Whether a value under this name is a credential."""
    return _SECRET.fullmatch(plain(name)[:60]) is not None


_HEADER = re.compile(rb"[ \t]*[A-Za-z][A-Za-z0-9]{0,19}(?:[-_][A-Za-z0-9]{1,19}){0,8}[ \t:]*")
_DIGITS = re.compile(rb"[0-9]")


def is_header_name(name: bytes) -> bool:
    """Whether a header's name is one: short words with few digits. Whoever forgot the name wrote a value there."""
    return _HEADER.fullmatch(name) is not None and len(_DIGITS.findall(name)) <= 5
