"""Adds the random keys that a secret lacks."""

import secrets
from typing import Any

from ops_common.app_config import parse_secret
from populate_secret.plan import WHERE, Plan, add_keys, plan
from populate_secret.settings import Settings
from populate_secret.store import SecretStore

EMPTY = "it is there without a value: remove the key, then run this again"
RANDOM_BYTES = 64  # as `rails secret` makes them, in hexadecimal


class BadEvent(Exception):
    """The event is not `{}` or `{"apply": true}`."""


def wants_apply(event: Any) -> bool:
    """Whether the event asks for more than a dry run. Raises BadEvent."""
    if not isinstance(event, dict) or set(event) - {"apply"}:
        raise BadEvent('the event must be {} or {"apply": true}')
    apply = event.get("apply", False)
    if not isinstance(apply, bool):
        raise BadEvent("apply must be true or false")
    return apply


def populate(store: SecretStore, settings: Settings, *, apply: bool) -> dict[str, Any]:
    """What was or would be made, and what people have to fill in; names, never values.

    Raises AppConfigError where the secret is no JSON object, SecretBusy where it is in use.
    """
    version = store.read()
    content = parse_secret(version.text, settings.secret_id)
    planned = plan(content, settings.keys, settings.random_keys)
    if apply and planned.make:
        text = add_keys(version.text, planned.make, lambda: secrets.token_hex(RANDOM_BYTES))
        parse_secret(text, settings.secret_id)
        store.replace(version, text)
    return _answer(planned, settings, apply=apply)


def _answer(planned: Plan, settings: Settings, *, apply: bool) -> dict[str, Any]:
    if not planned.make:
        summary = "no random key is missing"
    elif apply:
        summary = (
            f"made {', '.join(planned.make)}; the app reads the secret at boot, so force a new"
            " deployment of its services"
        )
    else:
        summary = f'would make {", ".join(planned.make)}; send {{"apply": true}} to do it'
    people = {key: WHERE.get(key, "") for key in (*planned.for_people, *planned.empty)}
    people |= {key: EMPTY for key in planned.empty if key in settings.random_keys}
    return {
        "secret": settings.secret_id,
        "applied": apply and bool(planned.make),
        "made" if apply else "wouldMake": list(planned.make),
        "forPeople": people,
        "summary": summary,
    }
