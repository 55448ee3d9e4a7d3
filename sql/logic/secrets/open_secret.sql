-- as: devos_jobs
create function private.open_secret(p_project_id uuid, p_kind text, p_name text, p_purpose text)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_secret public.secrets;
begin
    select s.* into v_secret from public.secrets s
     where s.kind = p_kind and s.name = p_name
       and (s.project_id = p_project_id
            or s.team_id = (select p.team_id from public.projects p where p.id = p_project_id))
     order by s.project_id is null limit 1;
    if not found then
        return null;
    end if;
    perform private.audit('secret.use', p_project_id, v_secret.id, jsonb_build_object(
        'name', p_name, 'kind', p_kind, 'version', v_secret.version, 'team_id', v_secret.team_id, 'purpose', p_purpose));
    return (select jsonb_build_object('project_id', v_secret.project_id, 'team_id', v_secret.team_id, 'name', p_name,
                       'key_id', v.key_id, 'sealed', encode(v.sealed, 'base64'))
              from private.secret_values v where v.secret_id = v_secret.id);
end;
$$;
comment on function private.open_secret is
    'Job: the sealed secret that a project uses under a name, its own before its team''s; null when there is none. Each use is audited.';
grant execute on function private.open_secret to devos_worker;
