create function private.require_other_admin(p_user_id uuid)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select from public.user_roles r
         where r.role = 'admin' and r.user_id <> p_user_id and private.is_active_user(r.user_id)
    ) then
        perform private.fail(409, 'last_admin', 'This is the last admin.', 'Make somebody else an admin first.');
    end if;
end;
$$;
comment on function private.require_other_admin is
    'PT409 last_admin unless another active person is one. The caller holds lock_admins().';
