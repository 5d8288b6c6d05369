"""What fits and what doesn't, from what AWS says of services and their task definitions."""

import json
from copy import deepcopy
from typing import Any

import pytest
from rich.console import Console

from cli.fit.__main__ import show
from cli.fit.facts import Facts, Service
from cli.fit.finding import Level
from cli.fit.findings import findings
from cli.fit.offers import offers
from paths import ROOT
from tests.outputs import assert_shown

CORPUS = ROOT / "tests" / "corpus" / "ecs_api"
PLACE = "arn:aws:secretsmanager:eu-central-1:123456789012:secret"
APP = {"Name": "acme/app", "ARN": f"{PLACE}:acme/app-AbCdEf"}
AURORA = {
    "DBClusterIdentifier": "shop",
    "Engine": "aurora-postgresql",
    "Endpoint": "shop.cluster-c1.eu-central-1.rds.amazonaws.com",
}
BREAKER = {"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True}}}
LOGS = {"logDriver": "awslogs", "options": {"awslogs-group": ""}}


def corpus(name: str, field: str) -> Any:
    return json.loads((CORPUS / f"{name}.json").read_text())[field]


def service(name: str, described: dict[str, Any] | None = None, **container: Any) -> Service:
    logs = deepcopy(LOGS) | {"options": {"awslogs-group": f"/acme/{name}"}}
    whole = {"name": "app", "image": "acme:3f2c1ab", "stopTimeout": 120, "logConfiguration": logs}
    definition = {"containerDefinitions": [whole | container]}
    balanced = {"loadBalancers": [{"targetGroupArn": "arn"}]} if name == "store" else {}
    return Service(name, BREAKER | balanced | (described or {}), definition)


def url(key: str = "DATABASE_URL", rest: str = "") -> dict[str, Any]:
    value = f"{APP['ARN']}:{key}:{rest}" if key else APP["ARN"]
    return {"secrets": [{"name": "DATABASE_URL", "valueFrom": value}]}


JOBS = {"command": ["bundle", "exec", "rake", "solid_queue:start"]}
WEB, MAIL, CRON = (
    service("store", **url()),
    service("mail", **url(), **JOBS),
    service("cron", **url(), command=["supercronic", "/crontab"]),
)
SHOP = Facts(
    clusters=("shop",),
    cluster="shop",
    services=(WEB, MAIL, CRON),
    secrets=(APP,),
    databases=(AURORA,),
    alarms=("shop-errors", "TargetTracking-service/shop/store-AlarmLow-1"),
)


def levels(facts: Facts, **chosen: str) -> dict[tuple[str, str], str]:
    """Level and subject of everything that is not as it should be, with what is to be done."""
    return {
        (each.level.name, each.about): each.remedy
        for each in findings(facts, offers(facts) | chosen)
        if each.level is not Level.FITS
    }


def with_services(*services: Service, **fields: Any) -> Facts:
    from dataclasses import replace

    return replace(SHOP, services=services, **fields)


def test_an_app_that_fits_has_nothing_to_do_and_every_answer_is_offered() -> None:
    assert levels(SHOP) == {}
    assert offers(SHOP) == {
        "EcsCluster": "shop",
        "WebServices": "store",
        "WorkerServices": "mail",
        "OtherServices": "cron",
        "ConfigSecretId": "acme/app",
        "PasswordKey": "DATABASE_URL",
        "LogGroupPrefix": "/acme/",
        "DatabaseClusterId": "shop",
    }


def test_a_service_that_reads_the_secret_and_is_in_no_list_would_keep_a_dead_password() -> None:
    found = levels(SHOP, OtherServices="")
    assert ("BREAKS", "cron") in found


def test_the_page_shows_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    facts = with_services(WEB, MAIL, CRON, scaled=frozenset({"mail"}))
    offered = offers(facts)
    show(findings(facts, offered), offered, "production, eu-central-1", Console(width=110))
    assert_shown("fit", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        (service("mail", corpus("services_code_deploy", "services")[0], **JOBS), ("UNFIT", "mail")),
        (service("mail", {"deploymentConfiguration": {}}, **JOBS), ("NOTE", "mail")),
        (
            service("mail", {"availabilityZoneRebalancing": "ENABLED"}, **JOBS),
            ("NOTE", "mail"),
        ),
        (service("mail", {"schedulingStrategy": "DAEMON"}, **JOBS), ("UNFIT", "mail")),
        (
            service(
                "mail",
                {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]},
                **JOBS,
            ),
            ("NOTE", "mail"),
        ),
        (service("mail", stopTimeout=30, **JOBS), ("NOTE", "mail")),
        (service("mail", logConfiguration={"logDriver": "awsfirelens"}, **JOBS), ("NOTE", "mail")),
        (service("mail", image="acme:latest", **JOBS), ("NOTE", "mail")),
        (service("mail", image="registry:5000/acme", **JOBS), ("NOTE", "mail")),
        (
            service(
                "mail",
                environment=[{"name": "DATABASE_URL", "value": "postgis://a:b@db/shop"}],
                **JOBS,
            ),
            ("BREAKS", "mail"),
        ),
        (service("mail", **url(rest=":0123-4567"), **JOBS), ("BREAKS", "mail")),
        (service("mail", **url(rest="AWSPREVIOUS:"), **JOBS), ("BREAKS", "mail")),
        (service("mail", **url(key=""), **JOBS), ("UNFIT", "mail")),
        (
            service(
                "mail",
                environment=[{"name": "DATABASE_URL", "value": "postgres://a:b@db:5432/shop"}],
                **JOBS,
            ),
            ("BREAKS", "mail"),
        ),
        (service("mail", command=["bundle", "exec", "good_job", "start"]), ("UNFIT", "mail")),
        (service("mail", command=["bundle", "exec", "sidekiq"]), ("UNFIT", "mail")),
        (
            service("mail", environment=[{"name": "DB_ADAPTER", "value": "mysql2"}], **JOBS),
            ("UNFIT", "database"),
        ),
    ],
)
def test_what_a_worker_s_service_and_definition_say(
    changed: Service, finding: tuple[str, str]
) -> None:
    found = levels(with_services(WEB, changed, CRON), WorkerServices="mail", OtherServices="cron")
    assert list(found) == [finding]
    assert found[finding]


def test_a_definition_as_ecs_describes_it_is_read() -> None:
    definition = corpus("definition_secret_keys", "taskDefinition")
    described = corpus("services_steady", "services")[0]
    read = Service("jiki-api-web", described, definition)
    config = {"Name": "config", "ARN": f"{PLACE}:config-AbCdEf"}
    facts = with_services(read, secrets=(config,))
    offered = offers(facts)
    assert (offered["ConfigSecretId"], offered["PasswordKey"]) == ("config", "database_password")
    assert offered["LogGroupPrefix"] == "/ecs/"
    # OLD_KEY names a version of its own
    assert ("BREAKS", "jiki-api-web") in levels(facts, WebServices="jiki-api-web")


@pytest.mark.parametrize(
    ("secret", "level"),
    [
        ({"OwningService": "rds"}, "UNFIT"),
        ({"RotationLambdaARN": "arn:aws:lambda:r:1:function:theirs"}, "BREAKS"),
        ({"KmsKeyId": "alias/acme"}, "NOTE"),
        ({"SecretVersionsToStages": {"terraform-2026": ["AWSCURRENT"]}}, "BREAKS"),
    ],
)
def test_what_else_changes_or_closes_the_secret(secret: dict[str, Any], level: str) -> None:
    assert list(levels(with_services(WEB, MAIL, CRON, secrets=(APP | secret,)))) == [
        (level, "secret")
    ]


def test_a_second_scaler_would_undo_ours() -> None:
    found = levels(with_services(WEB, MAIL, CRON, scaled=frozenset({"store", "mail"})))
    assert list(found) == [("BREAKS", "mail")]


@pytest.mark.parametrize(("own", "level"), [("acme/other", "BREAKS"), ("acme/app", "NOTE")])
def test_rds_proxy_knows_its_own_secret_alone(own: str, level: str) -> None:
    endpoint = "shop.proxy-c1.eu-central-1.rds.amazonaws.com"
    proxy = {
        "DBProxyName": "shop-proxy",
        "EngineFamily": "POSTGRESQL",
        "Endpoint": endpoint,
        "Auth": [{"SecretArn": f"{PLACE}:{own}-AbCdEf"}],
    }
    web = service("store", **url(), environment=[{"name": "DB_HOST", "value": endpoint}])
    assert list(levels(with_services(web, MAIL, CRON, proxies=(proxy,)))) == [(level, "shop-proxy")]
    assert levels(with_services(WEB, MAIL, CRON, proxies=(proxy,))) == {}


def test_a_cluster_that_is_not_there_and_two_that_might_be_are_said() -> None:
    elsewhere = with_services(cluster="jiki-production", clusters=("shop", "old"), alarms=())
    assert ("UNFIT", "cluster") in levels(elsewhere)
    assert ("UNFIT", "cluster") in levels(with_services(cluster="", clusters=("shop", "old")))


def test_mysql_alone_is_one_clear_sentence() -> None:
    mysql = {"DBInstanceIdentifier": "shop", "Engine": "mysql"}
    found = levels(with_services(WEB, MAIL, CRON, databases=(mysql,)))
    assert "only PostgreSQL is supported" in found["UNFIT", "database"]


def test_alarms_of_two_environments_are_pointed_out() -> None:
    assert ("NOTE", "alarms") in levels(with_services(WEB, MAIL, CRON, clusters=("shop", "x")))
    assert ("NOTE", "alarms") in levels(SHOP, AlarmFilter="prefix:store-")
    assert levels(SHOP, AlarmFilter="prefix:shop-") == {}


def test_what_could_not_be_read_is_said_and_the_rest_is_judged() -> None:
    found = levels(with_services(WEB, MAIL, CRON, unread={"alarms": "AccessDenied"}, alarms=()))
    assert list(found) == [("UNREAD", "alarms")]
