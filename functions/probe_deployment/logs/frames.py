"""Lines of Ruby's backtraces."""

import re

_FRAME = re.compile(
    r"(?:from )?(?:\S{0,200}/)?"
    r"((?:app|lib|config|db|engines|packs|components)/[\w./-]{1,200}\.\w{2,5}):\d{1,6}"
    r"(?::in [`'](?:block (?:\(\d+ levels\) )?in |rescue in |ensure in )*([^'`]{1,200})['`])?"
)
# Of any program's backtrace, or as Rails shortens it: `gem (version) lib/file.rb:1:in 'method'`.
_ANY_FRAME = re.compile(
    r"(?:from )?(?:[\w-]{1,80} \([\w.]{1,40}\) )?\S{1,400}:\d{1,6}:in [`'][^'`]{1,300}['`]$"
)
# A view's method is named anew in each process.
_OF_A_VIEW = re.compile(r"_\w{1,200}__\d{1,20}(?:_\d{1,20})?")
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
    named = found[2] and not _OF_A_VIEW.fullmatch(found[2].rpartition("#")[2])
    return f"{found[1]}#{found[2]}" if named else found[1]


def is_frame(row: str) -> bool:
    """Whether a row is a backtrace's line, whoever's it is."""
    return ":in " in row and bool(_ANY_FRAME.match(row.strip()))
