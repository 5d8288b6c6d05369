"""Takes credentials, people and addresses out of a text."""

import re
from functools import cache

MAX_TEXT = 8_000
HIDDEN = "[redacted]"

_SENSITIVE = (
    r"passwords?|passwd|passphrase|pass|pwd|passwort|kennwort|secrets?|tokens?|api_?-?keys?"
    r"|access_?-?keys?(?:_?id)?|private_?-?keys?|secret_?-?key(?:_?base)?|master_?-?key"
    r"|encryption_?-?key|licen[sc]e_?-?key|authorization|credentials?|session(?:_?id)?|sessions"
    r"|cookies?|signature|otp|totp|csrf|jwt|hmac|cvv2?|cvc|iban|ssn|auth|pin(?:_?code)?|assertion"
    r"|samlresponse"
)
# A value in quotes (escaped ones too), else to where the next name or a blank follows.
_VALUE = (
    r"(\\\"(?:(?!\\\").){0,4000}(?:\\\")?|\"(?:[^\"\\]|\\.){0,4000}\"?|'(?:[^'\\]|\\.){0,4000}'?"
    r"|(?:(?![,;&}\])]{1,20}(?:\s|$|[\"']|[\w.-]{1,60}[=:]))\S){1,4000})"
)
# `name = value`, `"name": value`, `:name=>value`; a name may have other words around the sensitive
# one, but for those that make a number of it. A method's name such as 'password=' has no value.
_PAIR = (
    rf"(?i)(?<![A-Za-z0-9])((?:[a-z0-9]{{1,40}}[_-]){{0,5}}(?:{_SENSITIVE})"
    r"(?:[_-](?!count|length|size|limit|ttl|timeout|type|at\b|in\b|max|min)[a-z0-9]{1,40}){0,4}"
    r"|[a-z0-9]{0,40}(?:password|passwd|secret|token|apikey|accesskeyid))"
    r"((?:\]|%5[Dd]){0,3}\\?[\"']?\s{0,3}(?:=>|[=:])\s{0,3})"
    rf"(?!nil\b|null\b|true\b|false\b|\[(?:FILTERED|redacted)\]|[:,)]|['\"`](?:\s|$|\))){_VALUE}"
)
_QUERY = (
    r"(?i)([?&](?:sig|code|key|pin|state|hash|auth|st|se|sas|x-amz-[a-z-]{3,30}|awsaccesskeyid)=)"
    r"[^\s&\"'#<>]{1,4000}"
)
_COOKIE = (
    r"(?i)\b((?:set-)?cookies?[\"']?\s{0,3}(?:=>|[:=])\s{0,3})"
    r"(?:\"[^\"]{0,4000}\"?|'[^']{0,4000}'?|.+)"
)
# What follows a scheme's name is a word of prose, but for digits or capitals within, or its length.
_SCHEME = (
    r"\b((?i:basic|bearer|token|digest|negotiate|apikey|aws4-hmac-sha256))(\s{1,3})"
    r"(?![\w-]{1,40}=[\"'])(?=\S{0,200}[\d=._]|[\w-]{0,200}[a-z][A-Z]|[A-Za-z+/]{16})"
    r"[A-Za-z0-9+/=._~:-]{6,4000}"
)
_OF_MANY_PARTS = (
    r"(?i)(authorization\\?[\"']?\s{0,3}(?:=>|[=:])\s{0,3}\\?[\"']?"
    r"(?:digest|hawk|oauth|signature|hmac|aws4-hmac-sha256|token(?=\s{1,3}\w{1,40}=)))\s.{1,4000}"
)
# Said in prose, such as "the password is …"; a value has a digit in it.
_SAID = (
    r"(?i)\b(pass(?:word|phrase)|passwort|(?:api|access|secret|private|auth)[-_ ]?key|token|secret)"
    r"(\s(?:(?:is|was|provided|given|used):?\s)?[\"'`]?)(?=[^\s\"'`]{0,200}\d)"
    r"[a-z0-9$!][^\s\"'`]{5,4000}"
)
_REPLACED: tuple[tuple[str, str], ...] = (
    (r"(?s)-----BEGIN [A-Z0-9 ]{3,40}-----.{0,8000}?(?:-----END [A-Z0-9 ]{3,40}-----|$)", HIDDEN),
    (_COOKIE, rf"\g<1>{HIDDEN}"),
    (_OF_MANY_PARTS, rf"\g<1> {HIDDEN}"),
    (
        (
            r"(?i)(authorization\\?[\"']?\s{0,3}(?:=>|[=:])\s{0,3}\\?[\"']?)\w[\w-]{0,40}\s{1,3}"
            r"[^\s\"',;]{1,4000}"
        ),
        rf"\g<1>{HIDDEN}",
    ),
    # To the last @ of the word, for a password may hold one; cut off, it may lack it.
    (r"(?<=://)[^\s\"'<>]{0,400}@", f"{HIDDEN}@"),
    (r"(?<=://)[^\s\"'<>/@:]{0,200}:(?!\d{1,5}(?:/\S{0,400})?$)[^\s\"'<>@]{1,400}$", HIDDEN),
    (r"(?i)(?<=%3A%2F%2F)[^\s\"'<>&]{0,400}%40", f"{HIDDEN}@"),
    (r"(hooks\.slack\.com/(?:services|workflows|triggers)/)[\w/-]{1,200}", rf"\g<1>{HIDDEN}"),
    (r"(discord(?:app)?\.com/api/webhooks/)[\w/-]{1,200}", rf"\g<1>{HIDDEN}"),
    (r"\beyJ[\w-]{5,4000}(?:\.[\w-]{1,4000}){0,4}", HIDDEN),
    (r"\b(?:[sprw]k|whsec)_\w{3,400}", HIDDEN),
    (r"\b(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA)[A-Z0-9]{8,128}\b", HIDDEN),
    (r"\bx(?:ox[a-z]|app)-[\w-]{5,400}", HIDDEN),
    (r"\b(?:gh[a-z]|glpat|github_pat|npm|shpat|dop_v1|hf|SG)[_.-][\w.-]{16,400}", HIDDEN),
    (r"SCRAM-SHA-256\$[\w+/=:$]{1,400}|\bGOCSPX-[\w-]{3,400}", HIDDEN),
    (r"\b(?:sk-[\w-]{20,400}|AIza[\w-]{30,60}|ya29\.[\w-]{20,400})", HIDDEN),
    (r"\b\d{6,12}:[\w-]{30,64}\b", HIDDEN),
    (r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,80}(?:\.[\w-]{1,80}){1,6}", "[e-mail]"),
    # IPv6, also with an IPv4 tail; a time has too few colons, a constant no digit in them.
    (
        (
            r"(?<![\w:.])(?=[0-9a-fA-F:]{0,45}\d)(?:(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}"
            r"|(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?::"
            r"(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?)"
            r"(?:\d{0,3}(?:\.\d{1,3}){3})?(?![\w:])"
        ),
        "[address]",
    ),
    (r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])", "[address]"),
    (r"\bip-\d{1,3}(?:-\d{1,3}){3}\b", "[address]"),
    (r"(?<![\w+])\+\d{1,3}(?:[ .()/-]{0,3}\d){7,14}(?!\d)", "[phone]"),
    (r"(?<!\w)(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?!\w)", "[phone]"),
    (r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?\b", "[number]"),
    (r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])", "[number]"),
    (r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])", "[number]"),
    (
        r"(?i)(<(?:\w{1,20}:)?\w{0,40}(?:password|passwd|secret|token|key)(?:\s[^>]{0,200})?>)"
        r"[^<]{1,4000}",
        rf"\g<1>{HIDDEN}",
    ),
    (
        r"(?i)(--(?:[a-z]{1,20}-){0,3}(?:password|passwd|token|secret|key)[= ])\S{1,4000}",
        rf"\g<1>{HIDDEN}",
    ),
    (r"(\s(?:-u|--user|--proxy-user)[= ]?[\"']?[^\s:]{1,100}:)\S{1,4000}", rf"\g<1>{HIDDEN}"),
    (r"(\bmysql\w{0,10}\s.{0,200}?\s?-p)(?=\S)\S{1,400}", rf"\g<1>{HIDDEN}"),
    (r"(?i)\b(password|identified by)(\s{1,3})'[^']{0,4000}'?", rf"\g<1>\g<2>{HIDDEN}"),
    (_SCHEME, rf"\g<1>\g<2>{HIDDEN}"),
    (_PAIR, rf"\g<1>\g<2>{HIDDEN}"),
    (_SAID, rf"\g<1>\g<2>{HIDDEN}"),
    (_QUERY, rf"\g<1>{HIDDEN}"),
)
_LONG = r"[\w+/=~-]{16,}"


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Only where a text is shown."""
    return tuple((re.compile(expression), with_) for expression, with_ in _REPLACED)


def redact(text: str) -> str:
    """The text, cut, without what may be a credential, a person or an address."""
    if len(text) > MAX_TEXT:
        # Of a URL that is cut, what comes after its last @ may be its password still.
        text = re.sub(r"(?<=://)[^\s\"'<>]{1,400}$", HIDDEN, text[:MAX_TEXT])
    for expression, with_ in _compiled():
        text = expression.sub(with_, text)
    text = re.sub(_LONG, lambda found: HIDDEN if _random(found[0]) else found[0], text)
    return re.sub(r"\d{9,}", "[number]", text)


def _random(word: str) -> bool:
    """Whether a long word is a key, a hash or an id rather than a name or a path."""
    if not any(character.isdigit() for character in word):
        return len(word) >= 40 and "/" not in word and "_" not in word and not word.islower()
    if any(c.islower() for c in word) and any(c.isupper() for c in word):
        return len(word) >= 20
    # A path or a name keeps its short words; one long word of letters and digits is none.
    parts = re.split(r"[/_=~+-]", word)
    return bool(re.fullmatch(r"[0-9a-fA-F-]{20,}", word)) or any(
        len(part) >= 16 and any(c.isalpha() for c in part) and any(c.isdigit() for c in part)
        for part in parts
    )
