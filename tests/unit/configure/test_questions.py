"""What a person is asked before the first deployment, and what is made of the answers."""

from typing import Any

import pytest

from cli.configure.account import Answers, Suggestion
from cli.configure.questions import ASKED, AT_FIRST, ask_all
from cli.parameters import is_needed, refusal
from local.transform import resolved, source

PARAMETERS: dict[str, Any] = source()["Parameters"]
NETWORK = {
    "VpcId": "vpc-0a1",
    "SubnetIds": "subnet-0a1,subnet-0b2",
    "DatabaseCidr": "10.1.0.0/16",
    "ConfigSecretId": "config",
    "EcsCluster": "shop",
    "WorkerServices": "mail",
}
"""What a stack with all four parts must be told."""


class Person:
    """Gives one answer for each parameter, or takes what is offered."""

    def __init__(self, **answers: str | list[str]) -> None:
        self.answers = {
            name: [each] if isinstance(each, str) else list(each) for name, each in answers.items()
        }
        self.heard: list[str] = []
        self.offered: dict[str, str] = {}

    def say(self, text: str) -> None:
        self.heard.append(text)
        assert len(self.heard) < 100, "asked again and again"

    def ask(self, prompt: str) -> str:
        name = next(
            line.strip().partition(":")[0]
            for line in reversed(self.heard)
            if line.strip().partition(":")[0] in ASKED
        )
        self.offered[name] = prompt.strip()
        waiting = self.answers.get(name, [])
        return waiting.pop(0) if waiting else ""


def asked(
    person: Person,
    known: Answers | None = None,
    environment: str = "production",
    **found: tuple[str, ...],
) -> dict[str, str]:
    return ask_all(
        PARAMETERS,
        known or {},
        lambda name, _: Suggestion(found.get(name, ())),
        person.ask,
        person.say,
        environment,
    )


def test_asks_for_every_parameter_that_the_parts_need() -> None:
    assert {name for name in PARAMETERS if is_needed(name, {})} == set(NETWORK)
    assert set(NETWORK) <= set(ASKED)


def test_alerts_alone_are_asked_for_neither_network_nor_secret() -> None:
    answers = asked(Person(Rotation="false", Scaling="false", Probes="false"))
    assert not {"VpcId", "SubnetIds", "DatabaseCidr", "ConfigSecretId"} & set(answers)
    assert answers["Alerts"] == "true"


def test_enter_takes_what_the_account_has_and_else_the_template_s_default() -> None:
    found = {name: (value,) for name, value in NETWORK.items()}
    answers = asked(Person(), **found)
    assert answers["VpcId"] == "vpc-0a1"
    assert (answers["Probes"], answers["AlertEmail"]) == ("true", "")


@pytest.mark.parametrize(
    ("environment", "values", "offered"),
    [
        ("staging", ("jiki-production", "jiki-staging"), "[jiki-staging]"),
        ("staging", ("one", "two", "jiki-production"), "[empty]"),
        ("production", ("one", "two"), "[empty]"),
        ("production", ("one", "two-production"), "[two-production]"),
        ("production", ("one",), "[one]"),
    ],
)
def test_of_several_only_one_that_is_named_for_the_environment_is_offered(
    environment: str, values: tuple[str, ...], offered: str
) -> None:
    person = Person(**NETWORK)
    asked(person, None, environment, DatabaseClusterId=values)
    assert person.offered["DatabaseClusterId"] == offered
    if len(values) > 1:
        assert any(line.startswith("  in your account: ") for line in person.heard)


def test_what_is_in_samconfig_already_comes_before_the_account() -> None:
    assert asked(Person(), NETWORK, VpcId=("vpc-0ff",))["VpcId"] == "vpc-0a1"


def test_what_was_left_empty_stays_empty() -> None:
    known = {**NETWORK, "DatabaseClusterId": ""}
    answers = asked(Person(), known, DatabaseClusterId=("jiki-production",))
    assert answers["DatabaseClusterId"] == ""


def test_after_another_answer_than_before_the_account_comes_first_in_what_follows() -> None:
    known = {**NETWORK, "DatabaseClusterId": "old", "AlertEmail": "a@b"}
    answers = asked(Person(DatabaseClusterId="new"), known, VpcId=("vpc-0ff",))
    assert (answers["VpcId"], answers["AlertEmail"]) == ("vpc-0ff", "a@b")


def test_an_answer_that_cloudformation_would_refuse_is_asked_for_again() -> None:
    person = Person(
        **{name: value for name, value in NETWORK.items() if name.endswith(("Id", "Cluster", "es"))}
        | {"VpcId": ["", "jiki", "vpc-0c3 junk", "vpc-0c3"]},
        SubnetIds="subnet-0a1 , subnet-0b2",
        DatabaseCidr=["999.1.1.1/99", "10.2.0.0/16"],
        HealthCheckUrl=['https://x/"y', "https://x/y"],
        AlertEmail=["ops", "a@b"],
    )
    answers = asked(person)
    assert (answers["VpcId"], answers["AlertEmail"]) == ("vpc-0c3", "a@b")
    assert (answers["SubnetIds"], answers["DatabaseCidr"]) == (
        "subnet-0a1,subnet-0b2",
        "10.2.0.0/16",
    )
    assert answers["HealthCheckUrl"] == "https://x/y"
    assert "  VpcId must be the id of a VPC, vpc-…, not 'jiki'" in person.heard
    assert "  AlertEmail must be an e-mail address or empty, not 'ops'" in person.heard


def test_what_the_template_would_refuse_is_not_offered() -> None:
    person = Person(**NETWORK)
    asked(person, LoadBalancerName=("net/jiki/0123456789abcdef",))
    assert person.offered["LoadBalancerName"] == "[empty]"


def test_what_has_no_default_is_marked_as_needed() -> None:
    person = Person(**NETWORK | {"VpcId": ["", "vpc-0c3"]})
    asked(person)
    assert person.offered["VpcId"] == "[needed]"


def test_a_dash_leaves_empty_what_is_offered() -> None:
    known = {**NETWORK, "AlertEmail": "a@b"}
    assert asked(Person(AlertEmail="-"), known)["AlertEmail"] == ""


def test_of_very_many_values_ten_are_named() -> None:
    person = Person(**NETWORK | {"WorkerServices": "service-9"})
    asked(person, WorkerServices=tuple(f"service-{number}" for number in range(150)))
    (line,) = [line for line in person.heard if line.startswith("  in your account: ")]
    assert line.endswith("service-8, service-9 and 140 more")


@pytest.mark.parametrize(
    "token",
    [
        {"SlackToken": "/jiki-ops/slack-token"},
        {"SlackToken": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack"},
    ],
)
def test_the_channel_is_asked_for_only_with_a_token(token: dict[str, str]) -> None:
    assert "SlackChannel" not in asked(Person(**NETWORK))
    answers = asked(Person(SlackChannel="C0123456789"), NETWORK | token)
    assert answers["SlackChannel"] == "C0123456789"


def test_the_same_trouble_is_said_once() -> None:
    person = Person(**NETWORK)
    trouble = Suggestion(trouble="Unable to locate credentials")
    ask_all(PARAMETERS, {}, lambda *_: trouble, person.ask, person.say)
    assert sum("Unable to locate credentials" in line for line in person.heard) == 1


def test_a_first_time_only_thinks_and_rotates_nothing() -> None:
    assert AT_FIRST.items() <= asked(Person(**NETWORK)).items()
    assert asked(Person(**NETWORK), {"ScalerDryRun": "false"})["ScalerDryRun"] == "false"


def test_a_stack_that_is_live_goes_on_scaling_and_rotating() -> None:
    assert not AT_FIRST.keys() & asked(Person(), NETWORK).keys()


def test_the_answers_make_a_stack() -> None:
    answers = asked(Person(**NETWORK, AlertEmail="ops@example.org"))
    assert "AlertEmailSubscription" in resolved(answers)


@pytest.mark.parametrize("name", ASKED)
def test_a_default_of_the_template_is_no_wrong_answer(name: str) -> None:
    if "Default" in PARAMETERS[name]:
        assert not refusal(name, PARAMETERS[name]["Default"], PARAMETERS[name])


@pytest.mark.parametrize("known", ["jiki-production", "shop,jiki"])
def test_what_the_account_does_not_have_is_not_offered_though_it_was_written_before(
    known: str,
) -> None:
    person = Person()
    asked(person, NETWORK | {"EcsCluster": known}, EcsCluster=("acme", "shop-production"))
    assert person.offered["EcsCluster"] == "[shop-production]"
    assert any(line.strip() == f"Not in your account: EcsCluster={known}" for line in person.heard)


def test_an_earlier_choice_among_what_is_there_stays() -> None:
    person = Person()
    asked(person, NETWORK | {"WorkerServices": "mail"}, WorkerServices=("mail,search",))
    assert person.offered["WorkerServices"] == "[mail]"


def test_what_fit_would_choose_comes_before_the_only_value() -> None:
    person = Person(**NETWORK)

    def suggest(name: str, _: Answers) -> Suggestion:
        best = {"PasswordKey": "DATABASE_URL", "LogGroupPrefix": "/acme/"}.get(name, "")
        return Suggestion(("password", best) if best else (), best=best)

    ask_all(PARAMETERS, {}, suggest, person.ask, person.say)
    assert person.offered["PasswordKey"] == "[DATABASE_URL]"
    assert person.offered["LogGroupPrefix"] == "[/acme/]"
    # AND what is as the template has it is not asked
    assert "PasswordCopies" not in person.offered
