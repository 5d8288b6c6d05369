"""What the session's user has and the roles that take turns haven't, in one statement.

From the catalogues alone, which every role may read. The pair's sessions run as the owner role, so
privileges, memberships and policies are compared with that one, settings and limits with the two.
"""

# %(me)s, %(owner)s and %(pair)s are names; a role that doesn't exist yet has nothing.
DIFFERENCES = """
WITH me AS (SELECT oid, rolname, rolbypassrls, rolconnlimit FROM pg_roles WHERE rolname = %(me)s),
owner AS (SELECT %(owner)s::text AS rolname, to_regrole(quote_ident(%(owner)s))::oid AS oid),
pair AS (
  SELECT name AS rolname, to_regrole(quote_ident(name))::oid AS oid
  FROM unnest(%(pair)s::text[]) AS name
),
here AS (SELECT oid, datname FROM pg_database WHERE datname = current_database()),
-- Objects, but for the function that sets the pair's passwords, which has to stay.
objects AS (
  SELECT pg_describe_object(classid, objid, objsubid) AS name
  FROM pg_shdepend CROSS JOIN me CROSS JOIN here
  WHERE refclassid = 'pg_authid'::regclass AND refobjid = me.oid AND deptype = 'o'
    AND dbid IN (here.oid, 0)
    AND NOT (classid = 'pg_namespace'::regclass AND objid = to_regnamespace(%(schema)s))
    AND NOT (classid = 'pg_proc'::regclass AND objid IN (
      SELECT oid FROM pg_proc WHERE pronamespace = to_regnamespace(%(schema)s)))
    AND NOT (classid = 'pg_default_acl'::regclass)
    AND NOT (classid = 'pg_database'::regclass AND objid <> here.oid)
  ORDER BY classid, objid LIMIT 100
),
set_here AS (
  SELECT setrole, setdatabase, split_part(entry, '=', 1) AS name,
    substr(entry, strpos(entry, '=') + 1) AS value
  FROM pg_db_role_setting CROSS JOIN here CROSS JOIN unnest(setconfig) AS entry
  WHERE setdatabase IN (0, here.oid)
),
mine AS (
  SELECT setdatabase, name, value FROM set_here JOIN me ON setrole = me.oid
  WHERE name NOT IN ('role', 'search_path')
  UNION ALL
  -- "$user" means another schema to another user.
  SELECT CASE WHEN path.own THEN path.setdatabase ELSE here.oid END, 'search_path',
    CASE WHEN to_regnamespace(quote_ident(me.rolname)) IS NULL THEN path.value
         ELSE replace(path.value, '"$user"', quote_ident(me.rolname)) END
  FROM me CROSS JOIN here CROSS JOIN LATERAL (
    SELECT setdatabase, value, true AS own FROM set_here
    WHERE setrole = me.oid AND name = 'search_path'
    UNION ALL
    SELECT 0, current_setting('search_path'), false
    WHERE NOT EXISTS (SELECT FROM set_here WHERE setrole = me.oid AND name = 'search_path')
  ) AS path
  WHERE path.own OR (path.value LIKE '%%"$user"%%'
    AND to_regnamespace(quote_ident(me.rolname)) IS NOT NULL)
),
settings AS (
  SELECT pair.rolname, mine.*, lists.quoted,
    coalesce(known.context, 'user') NOT IN ('superuser', 'superuser-backend')
      OR has_parameter_privilege(me.oid, mine.name, 'SET') AS possible
  FROM mine CROSS JOIN pair CROSS JOIN me
  LEFT JOIN pg_settings AS known ON known.name = mine.name
  -- Kept quoted by the server (variable_is_guc_list_quote in PostgreSQL's dumputils.c).
  CROSS JOIN LATERAL (SELECT mine.name IN ('local_preload_libraries', 'search_path',
    'session_preload_libraries', 'shared_preload_libraries', 'temp_tablespaces',
    'unix_socket_directories') AS quoted) AS lists
  WHERE NOT EXISTS (SELECT FROM set_here WHERE setrole = pair.oid AND set_here.name = mine.name
    AND set_here.value = mine.value)
),
memberships AS (
  SELECT granted.rolname, pg_has_role(me.oid, granted.oid, 'MEMBER WITH ADMIN OPTION') AS possible
  FROM pg_auth_members AS membership JOIN me ON membership.member = me.oid
  JOIN pg_roles AS granted ON granted.oid = membership.roleid CROSS JOIN owner
  -- Since PostgreSQL 16 who creates a role is its member, without its privileges.
  WHERE coalesce((to_jsonb(membership) ->> 'inherit_option')::bool
      OR (to_jsonb(membership) ->> 'set_option')::bool, true)
    AND granted.oid IS DISTINCT FROM owner.oid AND granted.oid NOT IN (
      SELECT oid FROM pair WHERE oid IS NOT NULL)
    -- Amazon RDS's administrators: to be rid of that is a reason to take turns.
    AND granted.rolname <> 'rds_superuser'
    AND NOT coalesce(pg_has_role(owner.oid, granted.oid, 'MEMBER'), false)
),
acls AS (
  SELECT 'table' AS kind, CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS word,
    oid, relowner AS holder, oid::regclass::text AS name, relacl AS acl, 0 AS part
  FROM pg_class WHERE relacl IS NOT NULL AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  UNION ALL
  SELECT 'column', 'TABLE', class.oid, relowner, class.oid::regclass::text, attacl, attnum
  FROM pg_attribute JOIN pg_class AS class ON class.oid = attrelid
  WHERE attacl IS NOT NULL AND NOT attisdropped
  UNION ALL
  SELECT 'schema', 'SCHEMA', oid, nspowner, quote_ident(nspname), nspacl, 0 FROM pg_namespace
  WHERE nspacl IS NOT NULL
  UNION ALL
  SELECT 'function', 'ROUTINE', oid, proowner, oid::regprocedure::text, proacl, 0 FROM pg_proc
  WHERE proacl IS NOT NULL
  UNION ALL
  SELECT 'type', 'TYPE', oid, typowner, oid::regtype::text, typacl, 0 FROM pg_type
  WHERE typacl IS NOT NULL
  UNION ALL
  SELECT 'database', 'DATABASE', oid, datdba, quote_ident(datname), datacl, 0 FROM pg_database
  WHERE datacl IS NOT NULL AND datname = current_database()
),
grants AS (
  SELECT acls.*, entry.privilege_type AS privilege, entry.is_grantable AS possible,
    coalesce((SELECT ' (' || quote_ident(attname) || ')' FROM pg_attribute
      WHERE attrelid = acls.oid AND attnum = part AND part > 0), '') AS column_name
  FROM acls CROSS JOIN LATERAL aclexplode(acl) AS entry JOIN me ON entry.grantee = me.oid
  CROSS JOIN owner
  WHERE holder <> me.oid AND holder IS DISTINCT FROM owner.oid
    AND NOT coalesce(CASE kind
      WHEN 'table' THEN CASE word
        WHEN 'SEQUENCE' THEN has_sequence_privilege(owner.oid, acls.oid, entry.privilege_type)
        ELSE has_table_privilege(owner.oid, acls.oid, entry.privilege_type) END
      WHEN 'column' THEN
        has_column_privilege(owner.oid, acls.oid, part::int2, entry.privilege_type)
      WHEN 'schema' THEN has_schema_privilege(owner.oid, acls.oid, entry.privilege_type)
      WHEN 'function' THEN has_function_privilege(owner.oid, acls.oid, entry.privilege_type)
      WHEN 'type' THEN has_type_privilege(owner.oid, acls.oid, entry.privilege_type)
      WHEN 'database' THEN has_database_privilege(owner.oid, acls.oid, entry.privilege_type)
    END, false)
),
policies AS (
  SELECT polname, class.oid::regclass::text AS relation,
    class.relowner = me.oid OR class.relowner IS NOT DISTINCT FROM owner.oid AS possible,
    (SELECT string_agg(quote_ident(rolname), ', ') FROM pg_roles WHERE oid = ANY (polroles))
      AS roles,
    me.oid = ANY (polroles) AND NOT EXISTS (
      SELECT FROM unnest(polroles) AS role WHERE role <> me.oid AND (role = 0
        OR coalesce(pg_has_role(owner.oid, nullif(role, 0), 'USAGE'), false))
    ) AS is_for_me,
    concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
      ~* '\\m(current_user|session_user)\\M|\\mcurrent_role\\M' AS compares_names
  FROM pg_policy JOIN pg_class AS class ON class.oid = polrelid CROSS JOIN me CROSS JOIN owner
  WHERE relrowsecurity AND (relforcerowsecurity
    OR NOT (class.relowner = me.oid OR class.relowner IS NOT DISTINCT FROM owner.oid))
),
defaults AS (
  SELECT defaclrole = me.oid AS mine, pg_get_userbyid(defaclrole) AS maker,
    (SELECT quote_ident(nspname) FROM pg_namespace WHERE oid = defaclnamespace) AS space,
    CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES'
      WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END AS kind,
    entry.privilege_type AS privilege,
    CASE entry.grantee WHEN 0 THEN 'PUBLIC'
      ELSE quote_ident(pg_get_userbyid(entry.grantee)) END AS grantee
  FROM pg_default_acl CROSS JOIN me CROSS JOIN owner
  CROSS JOIN LATERAL aclexplode(defaclacl) AS entry
  WHERE ((defaclrole = me.oid AND entry.grantee NOT IN (me.oid, coalesce(owner.oid, 0)))
      OR (defaclrole <> me.oid AND entry.grantee = me.oid))
    AND NOT EXISTS (
      SELECT FROM pg_default_acl AS other CROSS JOIN LATERAL aclexplode(other.defaclacl) AS theirs
      WHERE other.defaclnamespace = pg_default_acl.defaclnamespace
        AND other.defaclobjtype = pg_default_acl.defaclobjtype
        AND theirs.privilege_type = entry.privilege_type
        AND CASE WHEN pg_default_acl.defaclrole = me.oid
          THEN other.defaclrole = owner.oid AND theirs.grantee = entry.grantee
          ELSE other.defaclrole = pg_default_acl.defaclrole AND theirs.grantee = owner.oid END)
)
SELECT 'object' AS kind, objects.name,
  format('REASSIGN OWNED BY %%I TO %%I', me.rolname, owner.rolname) AS statement, true AS carried
FROM objects CROSS JOIN me CROSS JOIN owner
UNION ALL
SELECT 'setting', format('%%s of %%s', name, rolname),
  format('ALTER ROLE %%I %%sSET %%I TO %%s', rolname, CASE setdatabase WHEN 0 THEN ''
      ELSE format('IN DATABASE %%I ', current_database()) END, name,
    CASE WHEN quoted THEN value ELSE quote_literal(value) END), possible
FROM settings
UNION ALL
SELECT 'membership', memberships.rolname,
  format('GRANT %%I TO %%I', memberships.rolname, owner.rolname), possible
FROM memberships CROSS JOIN owner
UNION ALL
SELECT 'grant', format('%%s%%s on %%s %%s', privilege, column_name,
    lower(word), name),
  format('GRANT %%s%%s ON %%s %%s TO %%I', privilege, column_name,
    word, name, owner.rolname), possible
FROM grants CROSS JOIN owner
UNION ALL
SELECT 'policy', format('%%I on %%s', polname, relation),
  format('ALTER POLICY %%I ON %%s TO %%s, %%I', polname, relation, roles, owner.rolname), possible
FROM policies CROSS JOIN owner WHERE is_for_me
UNION ALL
SELECT 'policy', format('%%I on %%s, which compares the user''s name', polname, relation), '', false
FROM policies WHERE compares_names
UNION ALL
SELECT 'default_grant', format('%%s on %%s%%s to %%s by %%s', privilege, lower(kind),
    coalesce(' in ' || space, ''), grantee, maker),
  format('ALTER DEFAULT PRIVILEGES FOR ROLE %%I %%sGRANT %%s ON %%s TO %%s',
    CASE WHEN mine THEN owner.rolname ELSE maker END, coalesce('IN SCHEMA ' || space || ' ', ''),
    privilege, kind, CASE WHEN mine THEN grantee ELSE quote_ident(owner.rolname) END), mine
FROM defaults CROSS JOIN owner
UNION ALL
SELECT 'attribute', 'BYPASSRLS', format('ALTER ROLE %%I BYPASSRLS', owner.rolname), false
FROM me CROSS JOIN owner WHERE me.rolbypassrls
  AND NOT EXISTS (SELECT FROM pg_roles WHERE oid = owner.oid AND rolbypassrls)
UNION ALL
SELECT 'attribute', format('CONNECTION LIMIT %%s of %%s', me.rolconnlimit, pair.rolname),
  format('ALTER ROLE %%I CONNECTION LIMIT %%s', pair.rolname, me.rolconnlimit), true
FROM me CROSS JOIN pair WHERE me.rolconnlimit >= 0
  AND NOT EXISTS (SELECT FROM pg_roles
    WHERE oid = pair.oid AND rolconnlimit = me.rolconnlimit)
"""
