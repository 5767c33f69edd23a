"""Values that stand for another one: documentation words, template marks, references that nothing resolved, fillers.

A pattern with room for other words would some day match a real secret, so every word of a placeholder has to be one of
those listed here, and a run of letters and digits as long as a secret is never one inside a mark.
"""

import re

from analyzers.recent import recent

# How the missing value of a language reads once it is put into a string: Python None, JavaScript undefined and null,
# Ruby nil, PHP false, Go <nil>, Java null. Run, not guessed: docs/clients.md 10 (measured 2026-11-20)
UNSET_LITERALS = frozenset({b"none", b"undefined", b"null", b"nil", b"false", b"<nil>", b"(null)", b"nan"})

# When to change it, as in "change_me_locally".
_LATER = rb"(?:locally|now|later|first|please|in|before[\W_]?use)"
_ME = rb"(?:change|replace|set|fill)[\W_]?(?:me|this|it)"
# Words of Twilio's own examples and of .env.example files, compared without case, blanks and punctuation.
# https://www.twilio.com/docs/usage/api (examples); public repositories (read 2026-11-20)
_WORDS = re.compile(
    rb"(?:(?:twilio|account|acct|sid|auth|token|secret|api|key|password|passwd|username|user|credentials?|id|phone|number"
    rb"|identifier|value|your|my|the|an?|here|goes|this|that|with|from|to|in|of|me|it|real|actual|own|valid|live|test"
    rb"|dummy|sample|fake|mock|example|placeholder|enter|insert|add|put|replace|change|set|fill|use|copy|todo|fixme|tbd"
    rb"|paste|env|console|process|os|environ|getenv|config|var"
    # Which one, or when: only behind the words that ask for it, since these are common in names and passphrases too.
    rb"|(?:with|your|enter|insert|paste)[\W_]*"
    rb"(?:staging|production|prod|development|dev|local|main|primary|parent|private|secure)"
    rb"|" + _ME + rb"[\W_]?" + _LATER + rb")[\W_]*)+\d{0,4}",
    re.IGNORECASE,
)
_LONGEST_WORDS = 64
_SLOT = rb"sid|token|secret|passw|auth|key|account|acct|credential|username"
# What makes such words a placeholder and not the name of a service or a friendly name ("my key", "account-api").
_MEANT = re.compile(
    rb"(?=.*(?:" + _SLOT + rb"))"
    rb".*(?:your|enter|insert|paste|replace|placeholder|dummy|here|goes|fill|process|environ|getenv)"
    rb"|(?=.*(?:sid|token|secret|passw)).*(?:my|the|test|fake|mock|sample|example|add|put|use|copy|set|env)"
    rb"|(?:twilio[\W_]?)?"
    rb"(?:account[\W_]?sid|auth[\W_]?token|api[\W_]?key(?:[\W_]?(?:sid|secret))?|api[\W_]?secret)\Z"
    rb"|(?:twilio[\W_]?)?(?:sid|token|secret|password|passwd|username)\Z"
    rb"|" + _ME + rb"[\W_]?" + _LATER + rb"?\W?\Z"
    rb"|(?:todo|fixme|tbd|placeholder|dummy|replace)\W?\Z",
    re.IGNORECASE | re.DOTALL,
)
# AC or SK, and a word that no name would have behind it: ACtest, AC_FAKE_SID. In capitals: "actest" may be a name.
_PREFIX = re.compile(rb"(?:AC|SK)[\W_]*")
_STAND_IN = re.compile(rb"(?:test|fake|mock|dummy|sample|example)", re.IGNORECASE)

# A template mark around a name: {{x}}, ${X}, $X, %X%, @X@, <x>, [x], {x}, process.env.X ..., or one that was to be
# filled: %s, {}, {0}, $1, and what Go writes for a value that was not given, %!s(MISSING).
_MARKED = re.compile(
    rb"(?:(?-i:AC|SK))?(?:\$?\{\{[^{}]*\}\}|\$\{[^{}]*\}|#\{[^{}]*\}#?|\{[A-Z_][^{}]*\}|<[A-Z_%][^<>]*>|\[[A-Z_][^\[\]]*\]"
    rb"|%[sv]|%\(\w+\)s|\{\d?\}|\$\d|%!\w\([^()]*\)"
    rb"|\$\([^()]*\)|\$(?:env:)?[A-Z_]\w*|%[A-Z_]\w*%|%env\([^()]*\)%|@[A-Z]\w*@|__[A-Z]\w*__"
    rb"|(?:process|import\.meta)\.env(?:\.\w+|\[[^\[\]]*\])!?|os\.environ.*|\$?_?env\[[^\[\]]*\]|secrets\.[A-Z]\w*"
    rb"|(?:System\.|os\.|Deno\.|ENV\.)?(?:getenv|env|env\.get|fetch|config)\([^()]*\))",
    re.DOTALL | re.IGNORECASE,
)
# A place in a store of secrets, which something should have read before the program started. Forms:
# https://developer.1password.com/docs/cli/secret-references/ (op), https://protonpass.github.io/pass-cli (pass),
# https://learn.microsoft.com/azure/app-service/app-service-key-vault-references,
# https://docs.docker.com/engine/swarm/secrets/ (the path), ARNs of AWS, resource names of Google (read 2026-11-20)
_REFERENCE = re.compile(
    rb"(?:op|pass|ref\+[a-z]+)://[^\r\n]+|vault:[\w-]+/\S+|@Microsoft\.(?:KeyVault|AppConfig)\([^()]*\)"
    rb"|arn:aws[\w-]*:(?:secretsmanager|ssm):\S+|(?:/var)?/run/secrets/[\w./-]+|projects/[\w-]+/secrets/[\w-]+(?:/\S*)?"
    rb"|!secret \w+"
)
# What a language prints for a thing that is no text, or that hides its text: JavaScript's objects and promises, objects
# and functions of Python, .NET's type names, pydantic's SecretStr (ten asterisks:
# https://docs.pydantic.dev/latest/examples/secrets/, read 2026-11-20)
_PRINTED = re.compile(
    rb"\[object \w+\]|<[\w.]+ (?:object )?at 0x[0-9a-fA-F]+>|<(?:function|bound method|coroutine object|class) [^<>]*>"
    rb"|System\.[A-Z]\w+(?:\.\w+)*|Secret(?:Str|Bytes)\([^()]*\)|\*{10}"
)
# SIDs of documentation: the prefix and one repeated filler that is no hex digit.
_SID = re.compile(rb"(?:AC|SK)(?:([xX*.?#_-])\1{2,}|\xe2\x80\xa6|[xX]{4,}[0-9a-zA-Z.*]*)", re.IGNORECASE)
_FILLER = re.compile(rb"(?:AC|SK)?(?:([xX*#])\1{2,}(?:[-_. ]\1{2,})*|([.?_-])\2{2,})|\xe2\x80\xa6")
# What export tools write over a credential: nobody forgot to replace it.
_OVERWRITTEN = re.compile(rb"redact|filter|mask|hidden|removed|censor|obfuscat|sanit|scrub", re.IGNORECASE)
# A run that may be a real value; a template mark around one does not make it a placeholder.
_LONG_RUN = re.compile(rb"[0-9A-Za-z]{20,}")
_LONGEST = 200
_EDGES = b" \t\r\n\"'`"


def is_unset(text: bytes) -> bool:
    """Whether `text` is what a language prints for a missing value."""
    return len(text) <= 9 and text.lower() in UNSET_LITERALS


@recent
def is_placeholder(text: bytes) -> bool:
    """Whether `text` is a value to be replaced: a documentation word, a template mark or a filler; never a real one."""
    core = text.strip(_EDGES)
    if not core or len(core) > _LONGEST or _OVERWRITTEN.search(core):
        return False
    if is_words(core) or any(form.fullmatch(core) for form in (_SID, _REFERENCE, _PRINTED)):
        return True
    held = any(not is_words(run) for run in _LONG_RUN.findall(core))
    return _MARKED.fullmatch(core) is not None and not held


def is_reference(text: bytes) -> bool:
    """Whether `text` names a place in a store of secrets instead of being one."""
    return len(text) <= _LONGEST and _REFERENCE.fullmatch(text.strip(_EDGES)) is not None


def is_printed(text: bytes) -> bool:
    """Whether `text` is what a language prints for a thing that is no text, or that hides its text."""
    return len(text) <= _LONGEST and _PRINTED.fullmatch(text.strip(_EDGES)) is not None


def is_overwritten(text: bytes) -> bool:
    """Whether an export tool wrote something else over `text`: REDACTED, [FILTERED], ***."""
    return len(text) <= 100 and (_OVERWRITTEN.search(text) is not None or _FILLER.fullmatch(text) is not None)


def is_words(text: bytes) -> bool:
    """Whether `text` consists of documentation words or one repeated filler alone, so that it can be shown."""
    core = text.strip(_EDGES)
    if _FILLER.fullmatch(core):
        return True
    inside = core.strip(b"<>[]{}()$%#_@") or core
    if len(inside) > _LONGEST_WORDS:
        return False
    if _WORDS.fullmatch(inside) and _MEANT.match(inside):
        return True
    prefix = _PREFIX.match(inside)
    if prefix is None or not _WORDS.fullmatch(inside, prefix.end()):
        return False
    return any(meant.match(inside, prefix.end()) for meant in (_MEANT, _STAND_IN))
