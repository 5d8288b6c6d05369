"""What people run: configure, deploy, verdict, status, preview, cost, reference."""

import sys

from local import ctrl_c
from paths import ROOT

ctrl_c.arm()

# What the functions are and share is at hand for whoever starts one of these by itself, too.
sys.path += [str(ROOT / "layers" / "common"), str(ROOT / "functions")]
