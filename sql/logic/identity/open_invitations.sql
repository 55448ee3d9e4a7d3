-- as: devos_lookup
create function private.open_invitations(p_email text)
returns setof uuid
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select i.id from public.invitations i
     where i.email = p_email and i.accepted_at is null and i.revoked_at is null and i.expires_at > statement_timestamp()
       and private.may_invite(i.created_by, i.role, i.team_id, i.project_id)
     order by i.id
$$;
comment on function private.open_invitations is
    'The open invitations of an e-mail whose owner has been verified; not those of somebody who may no longer ask people in.';
grant execute on function private.open_invitations to devos_api;
