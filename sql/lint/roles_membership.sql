-- A role that may become another has its rights: only the API's login becomes client roles, and none of ours becomes more than that.
select m.rolname as role, r.rolname as becomes
  from pg_catalog.pg_auth_members a
  join pg_catalog.pg_roles r on r.oid = a.roleid
  join pg_catalog.pg_roles m on m.oid = a.member
 where (m.rolname like 'devos\_%' or m.rolname in ('anon', 'authenticated', 'agent', 'integration'))
   and not (m.rolname = 'devos_login' and r.rolname in ('anon', 'authenticated', 'agent', 'integration'))
