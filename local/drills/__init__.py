"""Failure drills: what happens on bad days, tried with the real code on the stand-ins."""
