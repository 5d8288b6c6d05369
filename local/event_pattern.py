"""EventBridge's pattern language, so that a rule of the template can be tried without AWS.

Source: Amazon EventBridge User Guide, "Comparison operators for use in event patterns", and the
documentation of its matcher, aws/event-ruler. What each operator takes is tested in
tests/unit/local/test_event_pattern.py. Numbers are compared by value.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from operator import eq, ge, gt, le, lt
from typing import Any

NUMERIC: Mapping[str, Callable[[float, float], bool]] = {
    "=": eq,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
_ABSENT = object()


class BadPattern(ValueError):
    """The pattern is none that EventBridge takes; the message names the operator."""


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether a rule with this pattern lets the event through. Raises BadPattern."""
    return all(_field(name, wanted, event) for name, wanted in pattern.items())


def _field(name: str, wanted: Any, event: Mapping[str, Any]) -> bool:
    if name == "$or" and _is_alternatives(wanted):
        return any(matches(alternative, event) for alternative in wanted)
    value = event.get(name, _ABSENT)
    if isinstance(wanted, Mapping):
        return _inside(wanted, value)
    if not isinstance(wanted, list) or not wanted:
        raise BadPattern(f"{name} must be an object or a list that isn't empty")
    leaves = list(_leaves(value))
    return any(_one_of(leaves, condition) for condition in wanted)


def _is_alternatives(wanted: Any) -> bool:
    return (
        isinstance(wanted, list)
        and len(wanted) > 1
        and all(isinstance(alternative, Mapping) for alternative in wanted)
    )


def _inside(pattern: Mapping[str, Any], value: Any) -> bool:
    """An object; of a list one of its objects, which must fit in all of its fields."""
    if isinstance(value, list):
        return any(_inside(pattern, item) for item in value)
    # Fields of what is no object are absent: `exists: false` is true of them.
    return matches(pattern, value if isinstance(value, Mapping) else {})


def _leaves(value: Any) -> Iterator[Any]:
    """The plain values; each item of a list counts as a value of its field."""
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif value is not _ABSENT and not isinstance(value, Mapping):
        yield value


def _one_of(leaves: list[Any], condition: Any) -> bool:
    if not isinstance(condition, Mapping):
        return any(_same(leaf, condition) for leaf in leaves)
    if len(condition) != 1:
        raise BadPattern(f"a condition has one operator, not {', '.join(condition) or 'none'}")
    ((operator, argument),) = condition.items()
    if operator == "exists":
        return bool(leaves) is bool(argument)
    test = _test(operator, argument)
    return any(test(leaf) for leaf in leaves)


def _same(leaf: Any, wanted: Any) -> bool:
    # In Python True == 1.
    return isinstance(leaf, bool) is isinstance(wanted, bool) and bool(leaf == wanted)


def _test(operator: str, argument: Any) -> Callable[[Any], bool]:
    match operator:
        case "prefix" | "suffix":
            return _edge(operator, argument)
        case "equals-ignore-case":
            wanted = {text.casefold() for text in _texts(operator, argument)}
            return lambda leaf: isinstance(leaf, str) and leaf.casefold() in wanted
        case "wildcard":
            shapes = [_wildcard(text) for text in _texts(operator, argument)]
            return lambda leaf: (
                isinstance(leaf, str) and any(shape.fullmatch(leaf) for shape in shapes)
            )
        case "numeric":
            return _numeric(argument)
        case "cidr":
            return _cidr(argument)
        case "anything-but":
            return _anything_but(argument)
    raise BadPattern(f"EventBridge has no operator {operator}")


def _texts(operator: str, argument: Any) -> list[str]:
    texts = argument if isinstance(argument, list) else [argument]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise BadPattern(f"{operator} takes a string or a list of strings")
    return texts


def _edge(operator: str, argument: Any) -> Callable[[Any], bool]:
    folded = isinstance(argument, Mapping)
    if isinstance(argument, Mapping):
        if set(argument) != {"equals-ignore-case"}:
            raise BadPattern(f"{operator} takes equals-ignore-case and no other operator")
        argument = argument["equals-ignore-case"]
    edges = tuple(text.casefold() if folded else text for text in _texts(operator, argument))

    def test(leaf: Any) -> bool:
        if not isinstance(leaf, str):
            return False
        text = leaf.casefold() if folded else leaf
        return text.startswith(edges) if operator == "prefix" else text.endswith(edges)

    return test


def _wildcard(text: str) -> re.Pattern[str]:
    if "**" in text:
        raise BadPattern("wildcard takes no two * in a row")
    parts = re.findall(r"\\[*\\]|\*|[^*\\]+|\\", text)
    shape = "".join(
        ".*" if part == "*" else re.escape(part[1:] if part in ("\\*", "\\\\") else part)
        for part in parts
    )
    return re.compile(shape, re.DOTALL)


def _numeric(argument: Any) -> Callable[[Any], bool]:
    if not isinstance(argument, list) or len(argument) not in (2, 4):
        raise BadPattern("numeric takes one or two pairs of a comparison and a number")
    pairs = list(zip(argument[::2], argument[1::2], strict=True))
    if not all(sign in NUMERIC and _is_number(limit) for sign, limit in pairs):
        raise BadPattern(f"numeric takes pairs of {' '.join(NUMERIC)} and a number")
    return lambda leaf: (
        _is_number(leaf) and all(NUMERIC[sign](leaf, limit) for sign, limit in pairs)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _cidr(argument: Any) -> Callable[[Any], bool]:
    try:
        network = ipaddress.ip_network(argument, strict=False)
    except ValueError:
        raise BadPattern(f"cidr takes a block of addresses, not {argument}") from None

    def test(leaf: Any) -> bool:
        try:
            return isinstance(leaf, str) and ipaddress.ip_address(leaf) in network
        except ValueError:
            return False

    return test


def _anything_but(argument: Any) -> Callable[[Any], bool]:
    """A value or a list of values; or one other operator on strings, denied."""
    if isinstance(argument, Mapping):
        ((operator, inner),) = argument.items()
        if operator not in ("prefix", "suffix", "equals-ignore-case", "wildcard"):
            raise BadPattern(f"anything-but takes no {operator}")
        denied = _test(operator, inner)
        return lambda leaf: not denied(leaf)
    values = argument if isinstance(argument, list) else [argument]
    if not values or not all(isinstance(value, str) or _is_number(value) for value in values):
        raise BadPattern("anything-but takes strings or numbers")
    return lambda leaf: not any(_same(leaf, value) for value in values)
