"""What the roles that take turns would miss of the user before them."""

from ops_common.answers.turns import Difference, DifferenceKind, TurnAnswer
from query_database.fields import Connection, Fields
from query_database.turn_statement import DIFFERENCES

SCHEMA = "jiki_ops"

OTHER_DATABASES = """
SELECT DISTINCT datname FROM pg_shdepend
JOIN pg_database ON pg_database.oid = dbid
WHERE refclassid = 'pg_authid'::regclass AND deptype IN ('o', 'a', 'r')
  AND refobjid = to_regrole(quote_ident(%(me)s)) AND datname <> current_database()
  AND datallowconn
ORDER BY datname
"""


def inspect_turn(connection: Connection, fields: Fields) -> TurnAnswer:
    """Compare the user that logs in with `users` (two) and their `owner_role`; changes nothing."""
    users, owner = fields.texts("users"), fields.text("owner_role")
    others = connection.execute(OTHER_DATABASES, {"me": connection.info.user}).fetchall()
    return TurnAnswer(differences(connection, users, owner), tuple(name for (name,) in others))


def differences(
    connection: Connection, users: tuple[str, ...], owner: str
) -> tuple[Difference, ...]:
    """In this database. The statements among them are the server's own, with names quoted."""
    rows = connection.execute(
        DIFFERENCES,
        {"me": connection.info.user, "owner": owner, "pair": list(users), "schema": SCHEMA},
    ).fetchall()
    return tuple(
        Difference(DifferenceKind(kind), name, statement, carried)
        for kind, name, statement, carried in rows
    )
