create function private.lock_admins()
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Two admins who take the role from each other would each leave one. The role is asked for behind the lock: it may be gone.
    perform pg_advisory_xact_lock(hashtextextended('devos.admins', 0));
    perform private.require_role('admin');
end;
$$;
comment on function private.lock_admins is
    'Changes of roles and of who is active take turns, and are made by who is an admin then. PT403 role_required.';
