-- as: deployer
-- Where auth is somebody else's, as on Supabase, devos_lookup may not read it: nobody can pass on the use of the schema,
-- and its tables have row level security without a policy. The deployer may, so there it owns the functions below, in
-- place of a policy. Each answers about one session or token that the caller must know, or about the people whom the
-- caller sees, or writes what an admin decided; what only our own sign-in needs is left out.
do $$
declare
    v_function record;
begin
    if has_schema_privilege('devos_lookup', 'auth', 'usage')
       and not (select c.relrowsecurity from pg_catalog.pg_class c where c.oid = 'auth.users'::regclass) then
        return;
    end if;
    if (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user) then
        raise exception 'These functions would get a superuser''s rights.'
            using hint = 'Deploy to a Supabase project as the role postgres.';
    end if;
    for v_function in
        select p.oid::regprocedure as name, p.proowner::regrole as maker
          from pg_catalog.pg_proc p
         where p.oid = any (array[
            'private.my_email()', 'private.my_user_id()', 'private.is_active_user(uuid)', 'private.has_confirmed_email(uuid)',
            'private.find_people(uuid[], integer, uuid)', 'private.mark_active(uuid, boolean)',
            'private.authenticate_session(uuid, uuid)', 'private.authenticate_api_token(text, bytea)'
         ]::regprocedure[])
    loop
        execute format('alter function %s owner to current_user', v_function.name);
        execute format('grant execute on function %s to %s', v_function.name, v_function.maker);
    end loop;
end
$$;
