"""What to do about an error of a check."""

import re

import pytest

from ops_common.database_cause import DatabaseCause
from ops_common.query_database import DatabaseUnreachable
from paths import ROOT
from probe_deployment.cause import Cause
from probe_deployment.database_remedies import REMEDIES
from probe_deployment.explain import explain
from probe_deployment.finding import Status
from query_database.refusals import KINDS

OF_THE_KIND = {DatabaseCause.PASSWORD, DatabaseCause.NO_ANSWER}
OF_ROTATIONS = {DatabaseCause.NOT_ALLOWED_TO_SET, DatabaseCause.NOT_PREPARED}
"""No probe sets a password."""


@pytest.mark.parametrize("cause", sorted(set(DatabaseCause) - OF_THE_KIND - OF_ROTATIONS))
def test_each_cause_of_the_database_has_its_own_remedy(cause: DatabaseCause) -> None:
    kind = KINDS.get(cause, DatabaseUnreachable)
    assert explain(kind("", cause=cause)).remedy == REMEDIES[cause]


@pytest.mark.parametrize("cause", sorted(OF_THE_KIND))
def test_the_usual_cause_has_the_remedy_of_its_kind(cause: DatabaseCause) -> None:
    kind = KINDS.get(cause, DatabaseUnreachable)
    assert explain(kind("", cause=cause)) == explain(kind(""))


def test_a_role_that_logs_in_by_token_alone_is_no_wrong_password() -> None:
    cause = DatabaseCause.CLEAR_TEXT
    finding = explain(KINDS[cause]("", cause=cause))
    assert (finding.status, finding.cause) == (Status.FAIL, Cause.LOGIN_REFUSED)
    assert finding.remedy != explain(KINDS[cause]("")).remedy


@pytest.mark.parametrize("remedy", sorted(set(REMEDIES.values())))
def test_a_section_that_a_remedy_names_is_there(remedy: str) -> None:
    for section, page in re.findall(r"'([A-Z][\w ]+)' in (docs/\w+\.md)", remedy):
        assert re.search(rf"^#+ {section}$", (ROOT / page).read_text(), re.MULTILINE), remedy
