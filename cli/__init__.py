"""What people run: configure, deploy, verdict, status, preview, cost, reference."""

import sys

from paths import ROOT

# What the functions share is at hand for whoever starts one of these by itself, too.
sys.path.append(str(ROOT / "layers" / "common"))
