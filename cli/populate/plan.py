"""What a secret lacks, and the text with the random keys added. Pure but for the random source."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

# Where a person finds what nobody can make up.
WHERE: Mapping[str, str] = {
    "aurora_password": "rotate it: aws secretsmanager rotate-secret",
    "elevenlabs_api_key": "ElevenLabs > Profile > API keys",
    "google_api_key": "Google Cloud console > APIs & Services > Credentials > API keys",
    "google_oauth_client_id": "Google Cloud console > Credentials > OAuth 2.0 client",
    "google_oauth_client_secret": "Google Cloud console > Credentials > OAuth 2.0 client",
    "heygen_api_key": "HeyGen > Settings > API",
    "r2_access_key_id": "Cloudflare > R2 > Manage API tokens",
    "r2_secret_access_key": "Cloudflare > R2 > Manage API tokens",
    "stripe_secret_key": "Stripe dashboard > Developers > API keys, in live mode (sk_live_…)",
    "stripe_webhook_secret": "Stripe dashboard > Developers > Webhooks > signing secret (whsec_…)",
}


class Plan(NamedTuple):
    """Names of keys; never values."""

    missing: tuple[str, ...]
    empty: tuple[str, ...]
    """There, without a value: not touched."""


def plan(content: Mapping[str, Any], expected: tuple[str, ...]) -> Plan:
    """Compare what is there with what ought to be."""
    expected = tuple(dict.fromkeys(expected))
    return Plan(
        missing=tuple(key for key in expected if key not in content),
        empty=tuple(key for key in expected if key in content and content[key] in ("", None)),
    )


def add_keys(document: str, keys: tuple[str, ...], make: Callable[[], str]) -> str:
    """The JSON object with new keys at its end, and every byte of the rest as it is.

    `document` must be an object and have none of the keys.
    """
    end = document.rindex("}")
    head = document[:end].rstrip()
    gap = document[len(head) : end]
    separator = "" if head.endswith("{") else ", "
    added = ", ".join(f"{json.dumps(key)}: {json.dumps(make())}" for key in keys)
    return f"{head}{separator}{added}{gap}{document[end:]}"
