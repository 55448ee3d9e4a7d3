-- as: deployer
-- Where the accounts are ours, the functions of devos keep them. On Supabase its own Auth does, and nothing is granted.
do $$
begin
    if (select c.relowner from pg_catalog.pg_class c where c.oid = 'auth.users'::regclass) = current_user::regrole then
        grant select, insert, update, delete on auth.identities, auth.refresh_tokens to devos_api;
        grant select on auth.identities, auth.refresh_tokens to devos_lookup;
    end if;
end
$$;
