"""Lines of Ruby's backtraces."""

import re

_FRAME = re.compile(
    r"(?:from )?(?:\S{0,200}/)?"
    r"((?:app|lib|config|db|engines|packs|components)/[\w./-]{1,200}\.\w{2,5}):\d{1,6}"
    r"(?::in [`'](?:block (?:\(\d+ levels\) )?in |rescue in |ensure in )*([^'`]{1,200})['`])?"
)
_OF_LIBRARIES = re.compile(r"/gems/|/ruby/\d|<internal:|/bundle/|/bundler/")


def app_frame(row: str) -> str:
    """File and method of a backtrace's line that is the app's own, else nothing."""
    row = row.strip()
    found = _FRAME.match(row)
    if not found or _OF_LIBRARIES.search(row[: found.end(1)]):
        return ""
    if row[found.end() :].startswith(
        ": "
    ):  # Ruby's first line of an uncaught exception, not of a backtrace
        return ""
    return f"{found[1]}#{found[2]}" if found[2] else found[1]
