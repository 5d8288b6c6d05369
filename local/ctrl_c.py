"""Ctrl-C ends a program of ours in one line: within its imports, later, and pressed again."""

import os
import signal
import sys
from types import FrameType, TracebackType
from typing import Final

# make ends itself with Ctrl-C, and would add a line of its own to any other code.
INTERRUPTED: Final = 0 if "MAKELEVEL" in os.environ else 130

AGAIN_SECONDS = 0.05


def arm() -> None:
    """For the first line of a package whose modules `python -m` starts; nothing to importers."""
    if sys.argv[:1] == ["-m"]:
        signal.signal(signal.SIGINT, _interrupted)
        sys.excepthook = _hook
        sys.unraisablehook = _swallowed


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    # What ends after the first one has a bounded time for it, and is not to be broken off.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if logging := sys.modules.get("logging"):
        # Whatever ends now may be used by something that complains of it.
        logging.disable()
    raise KeyboardInterrupt


def _swallowed(what: "sys.UnraisableHookArgs") -> None:
    """Raise it again a moment later where Python drops it, as in the import system's callbacks."""
    if not issubclass(what.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(what)
        return
    signal.signal(signal.SIGALRM, _interrupted)
    signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)


def _hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    print("Stopped.", file=sys.stderr, flush=True)
    sys.stdout.flush()
    os._exit(INTERRUPTED)
