-- as: deployer
-- The roles of devos. They belong to the whole cluster, so each is made only where it is missing.
do $$
declare
    v_role text;
begin
    foreach v_role in array array[
        'devos_owner', 'devos_api', 'devos_lookup', 'devos_journal', 'devos_jobs', 'devos_migrator', 'agent', 'integration'
    ] loop
        if not exists (select from pg_roles where rolname = v_role) then
            execute format('create role %I nologin noinherit', v_role);
        end if;
    end loop;
    foreach v_role in array array['devos_login', 'devos_worker'] loop
        if not exists (select from pg_roles where rolname = v_role) then
            execute format('create role %I login noinherit', v_role);
        end if;
    end loop;
end
$$;

grant anon, authenticated, agent, integration to devos_login;

create schema private authorization devos_owner;
grant usage on schema public to
    anon, authenticated, agent, integration, devos_owner, devos_api, devos_lookup, devos_journal, devos_jobs, devos_migrator,
    devos_worker;
grant usage on schema private to
    devos_api, devos_lookup, devos_journal, devos_jobs, devos_migrator, devos_login, devos_worker;
grant usage on schema auth to devos_owner, devos_api, devos_lookup, devos_migrator;
grant create on schema public to devos_owner, devos_api, devos_lookup, devos_jobs;
grant create on schema private to devos_api, devos_lookup, devos_journal, devos_jobs;

-- Functions are callable by name only: PUBLIC loses what Postgres gives it, for every role that makes functions.
alter default privileges for role devos_owner, devos_api, devos_lookup, devos_journal, devos_jobs
    revoke execute on functions from public;
revoke create on schema public from public;

grant references on auth.users to devos_owner;
grant select on auth.users, auth.sessions to devos_lookup;
grant select, insert, update, delete on auth.sessions to devos_api;
grant select, insert, update on auth.users to devos_api;
