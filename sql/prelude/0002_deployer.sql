-- A deployer that is no superuser, as on Supabase, acts as our roles by being a member of them. It must be one before
-- the first migration gives something to them, so here it makes the roles that 0001_roles.sql would make.
do $prelude$
declare
    v_role text;
begin
    if (select r.rolsuper from pg_roles r where r.rolname = current_user) then
        return;
    end if;
    foreach v_role in array array[
        'devos_owner', 'devos_api', 'devos_lookup', 'devos_journal', 'devos_jobs', 'devos_migrator'
    ] loop
        if not exists (select from pg_roles where rolname = v_role) then
            execute format('create role %I nologin noinherit', v_role);
        end if;
        execute format('grant %I to current_user', v_role);
    end loop;
end
$prelude$;
