"""Preloaded first by a server of forks: Ctrl-C is for what it forks, not for itself.

By itself it ignores the signal only once it has loaded the rest.
"""

import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
