"""Whether somebody chose a value, or it stands for one."""

import re

SHORTEST_BEHIND_A_PREFIX = 8
# By kind: nothing but dots or stars, a name in brackets or braces, words that ask to be replaced.
_NOTHING = re.compile(r"[.…*xX_\- ]*|(.)\1{5,}")
_BRACKETS = re.compile(r"<[^<>]{1,60}>|\{\{.*?\}\}|\$\{.*?\}|\[[A-Za-z _-]{3,60}\]|%[A-Z_]{3,40}%")
_WORDS = re.compile(
    r"(?i)(?:^|[^a-z])(?:your|change[-_ ]?me|change[-_ ]?this|change[-_ ]?it|todo|fixme|tbd|replace"
    r"|placeholder|temporary|dummy|example|sample|insert|fill[-_ ]?in|to[-_ ]?be[-_ ]?set"
    r"|not[-_ ]?set|unset|undefined|null|none|test[-_ ]?key|secret[-_ ]?here|goes[-_ ]?here)"
    r"(?:[^a-z]|$)"
)
_ELLIPSIS = re.compile(r"\.{3,}|…")
_DEFAULT_PASSWORDS = ("password", "passw0rd", "postgres", "admin", "secret", "letmein", "qwerty")


def is_placeholder(value: str, prefix: str = "") -> bool:
    """Whether a value is none that somebody chose, or too short behind its prefix to be one.

    The samples that the checks' own remedies print are such values, too.
    """
    text = value.strip()
    rest = text.removeprefix(prefix)
    if prefix and text.startswith(prefix) and len(rest) < SHORTEST_BEHIND_A_PREFIX:
        return True
    return (
        bool(_NOTHING.fullmatch(rest))
        or bool(_ELLIPSIS.search(text))
        or bool(_BRACKETS.search(text))
        or bool(_WORDS.search(text))
        or text.lower().startswith(_DEFAULT_PASSWORDS)
    )
