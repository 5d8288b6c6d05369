"""The root certificates of Amazon RDS, which no system's trust store holds.

`bundle.pem` has the public roots of each region, each under its name; AWS publishes them for
download ("Using SSL/TLS to encrypt a connection to a DB instance or cluster", Aurora User Guide).
"""

from pathlib import Path

BUNDLE = Path(__file__).with_name("bundle.pem")
