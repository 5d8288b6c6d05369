"""How bad it is, in whatever words a team or a service has for it."""

from ops_common.ops_events import Severity

WORDS = {
    Severity.CRITICAL: ("critical", "crit", "p1", "p0", "sev1", "sev0", "fatal", "emergency"),
    Severity.WARNING: ("warning", "warn", "p2", "p3", "sev2", "sev3", "high", "medium", "error"),
    Severity.INFO: ("info", "informational", "notice", "p4", "p5", "sev4", "sev5", "low", "ok"),
}


def severity_of(word: str) -> tuple[Severity, tuple[tuple[str, str], ...]]:
    """The severity, and what to say of a word that is not one of the three; none is a warning."""
    plain = word.strip().lower().replace("-", "").replace(" ", "")
    for severity, words in WORDS.items():
        if plain in words:
            said = () if plain == severity else (("Severity", f"{word} ({severity})"),)
            return severity, said
    if not plain:
        return Severity.WARNING, ()
    return Severity.WARNING, (("Severity", f"{word} (an unknown word, taken as warning)"),)
