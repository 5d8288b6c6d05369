"""Two login roles that take turns, and the role that owns what they make.

See docs/decisions/0003. Rotating with two roles needs someone who may set the password of the
role that is *not* logged in. That is a function owned by the role that created both, callable by
these two alone, for these two alone, and with SCRAM verifiers alone.
"""

from psycopg import sql

from ops_common.answers.logins import RolesAnswer
from ops_common.query_database import BadRequest
from query_database.fields import Connection, Fields
from query_database.turns import SCHEMA, differences

SET_PASSWORD = f"{SCHEMA}.set_login_password"

_CREATE_FUNCTION = """
CREATE FUNCTION {function}(login_role text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF login_role NOT IN ({first}, {second}) THEN
        RAISE insufficient_privilege USING MESSAGE = 'not one of the alternating login roles';
    END IF;
    IF verifier !~ '^SCRAM-SHA-256[$][0-9]+:[A-Za-z0-9+/=]+[$][A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'not a SCRAM-SHA-256 verifier';
    END IF;
    EXECUTE format('ALTER ROLE %I PASSWORD %L', login_role, verifier);
END
$body$
"""

# From the catalogues, which every role may read: those whom the function was granted to, and only
# for who may call it.
_PREPARED_USERS = """
SELECT grantee.rolname
FROM pg_proc AS function
JOIN pg_namespace ON pg_namespace.oid = function.pronamespace
CROSS JOIN LATERAL aclexplode(function.proacl) AS grants
JOIN pg_roles AS grantee ON grantee.oid = grants.grantee AND grantee.oid <> function.proowner
WHERE pg_namespace.nspname || '.' || function.proname = %s
    AND has_schema_privilege(session_user, pg_namespace.oid, 'USAGE')
    AND has_function_privilege(session_user, function.oid, 'EXECUTE')
ORDER BY grantee.rolname
"""


def prepared_users(connection: Connection) -> tuple[str, ...]:
    """The two that take turns in this database, for a login that may set their passwords."""
    return tuple(name for (name,) in connection.execute(_PREPARED_USERS, (SET_PASSWORD,)))


def prepare_roles(connection: Connection, fields: Fields) -> RolesAnswer:
    """Make `users` (two) take turns as members of `owner_role`; repeatable, all or nothing.

    To be run as the role that owns the app's tables today (the master user): what it owns in
    this database passes to `owner_role`, and what else it has as far as it may give it (see
    query_database.turns); the answer has the rest. Raises BadRequest, DatabaseRefused,
    DatabaseTimeout.
    """
    users, owner, me = fields.texts("users"), fields.text("owner_role"), connection.info.user
    if len(users) != 2:
        raise BadRequest("users must be a list of two roles", field="users")
    if len({*users, owner, me}) < 4:
        distinct = "users, owner_role and the role that logs in must be four distinct roles"
        raise BadRequest(distinct, field="users")
    with connection.transaction():
        connection.execute("SET LOCAL ROLE NONE")
        created = tuple(role for role in (owner, *users) if _create(connection, role, owner))
        _share_ownership(connection, users, owner)
        carried = _carry_over(connection, users, owner)
        _install_function(connection, users)
        left = differences(connection, users, owner)
    return RolesAnswer(created, users, owner, carried, left)


def _create(connection: Connection, role: str, owner: str) -> bool:
    found = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    if found is None:
        kind = sql.SQL("NOLOGIN" if role == owner else "LOGIN")
        connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), kind))
    return found is None


def _share_ownership(connection: Connection, users: tuple[str, ...], owner: str) -> None:
    me = connection.info.user
    owner_name = sql.Identifier(owner)
    for member in (*users, me):
        # Since PostgreSQL 16 who creates a role may grant it, but is no member of it.
        connection.execute(
            sql.SQL("GRANT {} TO {}").format(owner_name, sql.Identifier(member)),
        )
    for user in users:
        # Every session of a login role runs as the owner role, so that what it makes is owned
        # by neither login and both may alter it.
        connection.execute(
            sql.SQL("ALTER ROLE {} SET role TO {}").format(sql.Identifier(user), owner_name)
        )
    # The schema and the database before what is in them: a new owner must be allowed to create.
    connection.execute(
        sql.SQL("GRANT CREATE, USAGE ON SCHEMA public TO {}").format(owner_name),
    )
    connection.execute(sql.SQL("REASSIGN OWNED BY {} TO {}").format(sql.Identifier(me), owner_name))


def _carry_over(connection: Connection, users: tuple[str, ...], owner: str) -> tuple[str, ...]:
    """Give the three what else this user has, as far as it may; what was carried over."""
    found = [each for each in differences(connection, users, owner) if each.carried]
    for statement in dict.fromkeys(each.statement for each in found):
        # The server's own text, with every name quoted by its format().
        connection.execute(statement.encode())
    return tuple(f"{each.kind.value} {each.name}" for each in found)


def _install_function(connection: Connection, users: tuple[str, ...]) -> None:
    schema = sql.Identifier(SCHEMA)
    function = sql.Identifier(*SET_PASSWORD.split("."))
    # A second run finds the first one's function reassigned; made anew, it is this role's again.
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
    connection.execute(
        sql.SQL(_CREATE_FUNCTION).format(
            function=function, first=sql.Literal(users[0]), second=sql.Literal(users[1])
        )
    )
    connection.execute(
        sql.SQL("REVOKE ALL ON FUNCTION {}(text, text) FROM PUBLIC").format(function)
    )
    for user in users:
        name = sql.Identifier(user)
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, name))
        connection.execute(
            sql.SQL("GRANT EXECUTE ON FUNCTION {}(text, text) TO {}").format(function, name)
        )
