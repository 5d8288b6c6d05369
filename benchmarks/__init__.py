"""The measurements behind the figures of the README."""

from local import ctrl_c

ctrl_c.arm()
