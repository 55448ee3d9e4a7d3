-- as: devos_lookup
create function public.whoami()
returns jsonb
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_claims jsonb := private.claims();
    v_agent uuid := private.my_agent_id();
    v_user uuid := private.my_user_id();
    v_me jsonb;
begin
    if v_agent is not null then
        select jsonb_build_object('kind', 'agent', 'id', a.id, 'name', a.name) into v_me
          from public.agents a where a.id = v_agent;
    elsif v_user is not null then
        v_me := jsonb_build_object('kind', 'person', 'id', v_user, 'name', private.my_email(), 'role', public.get_my_role(),
            'scopes', (select t.scopes from public.api_tokens t where t.id = (v_claims ->> 'token_id')::uuid));
    else
        select jsonb_build_object('kind', 'project', 'id', p.id, 'name', p.name, 'project_ids', jsonb_build_array(p.id))
          into v_me from public.projects p where p.id = (v_claims ->> 'project_id')::uuid;
    end if;
    if v_me is null then
        perform private.fail(401, 'not_signed_in', 'This needs a credential.', 'Sign in, or send a token.');
    end if;
    return jsonb_build_object('role', null, 'scopes', null, 'project_ids', private.my_project_ids()) || v_me;
end;
$$;
comment on function public.whoami is
    'Whom the credential of this request speaks for: {kind: person | agent | project, id, name, role, scopes, project_ids}.
PT401 not_signed_in.';
grant execute on function public.whoami to authenticated, agent, integration;
