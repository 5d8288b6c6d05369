"""Preloaded first by a server of forks: Ctrl-C is for what it forks, not for itself.

Blocked, not ignored: what is forked has one that came before it was ready, once it unblocks it.
"""

import signal

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
