-- as: devos_lookup
create function private.find_invitation(p_token_id text, p_token_hash bytea)
returns public.invitations
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select i
      from private.token_hashes h
      join public.invitations i on i.id = h.token_id
     where h.id = p_token_id and h.hash = p_token_hash and h.kind = 'invitation'
       and i.accepted_at is null and i.revoked_at is null and i.expires_at > statement_timestamp()
       and private.may_invite(i.created_by, i.role, i.team_id, i.project_id)
$$;
comment on function private.find_invitation is
    'The open invitation that a token shows; null when there is none, or who asked may no longer do so.';
grant execute on function private.find_invitation to devos_api;
