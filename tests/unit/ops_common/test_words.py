"""What people read of the errors that several functions share."""

from copy import replace
from dataclasses import dataclass

import pytest

from ops_common.answers.answer import Answer, UnexpectedAnswer
from ops_common.ecs import DeployedElsewhere, ServiceNotFound
from ops_common.ops_events import EventNotPublished
from ops_common.query_database import DatabaseAddress, DatabaseError, LambdaQueryDatabase, Login
from ops_common.scaling_hold import BadHold
from ops_common.settings import Environment, SettingsError
from tests.unit.ops_common.test_ecs import SERVICE
from tests.unit.ops_common.test_query_database import FakeLambda


@dataclass(frozen=True)
class Counted(Answer):
    """An answer of one field."""

    count: int


def test_every_setting_that_is_wrong_is_said_with_what_it_must_be() -> None:
    env = Environment({"COUNT": "many"})
    env.text("NAME")
    env.integer("COUNT")
    with pytest.raises(SettingsError) as error:
        env.finish()
    assert str(error.value) == "NAME is missing; COUNT must be a whole number, not 'many'"


@pytest.mark.parametrize(
    ("values", "words"),
    [({}, "Counted lacks count"), ({"count": "3"}, "Counted has a bad count")],
)
def test_an_answer_of_another_version_names_its_field(
    values: dict[str, object], words: str
) -> None:
    with pytest.raises(UnexpectedAnswer) as error:
        Counted.from_json(values)
    assert str(error.value) == words


@pytest.mark.parametrize(
    ("controller", "who"),
    [
        ("CODE_DEPLOY", "CodeDeploy"),
        ("EXTERNAL", "an external controller"),
        ("ECS", "another controller than ECS"),
    ],
)
def test_who_deploys_a_service_is_named(controller: str, who: str) -> None:
    with pytest.raises(DeployedElsewhere) as error:
        _ = replace(SERVICE, deployments=(), controller=controller).primary
    assert str(error.value) == f"web is deployed by {who}: ECS lists no deployment of it"


def test_a_crash_of_query_database_is_named_by_its_type() -> None:
    client = FakeLambda({"errorType": "KeyError", "errorMessage": "x"}, function_error=True)
    login = Login(DatabaseAddress("db", 5432, "app"), "jiki", "p")
    with pytest.raises(DatabaseError) as error:
        LambdaQueryDatabase(client, "query").ask("check_login", login)
    assert str(error.value) == "query failed on check_login: KeyError"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            ServiceNotFound("c", "web", "jobs", states={"web": "DRAINING"}),
            "cluster c has no service web (DRAINING), jobs",
        ),
        (EventNotPublished("PasswordRotated", "Throttled"), "PasswordRotated: Throttled"),
        (BadHold("workers"), "hold#workers is no hold"),
    ],
)
def test_an_error_in_words(error: Exception, words: str) -> None:
    assert str(error) == words
