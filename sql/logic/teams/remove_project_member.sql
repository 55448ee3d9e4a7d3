create function public.remove_project_member(p_project_id uuid, p_user_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    -- An invitation sent twice would bring the member back.
    update public.invitations i set revoked_at = statement_timestamp()
      from private.find_people(array[p_user_id], 1) p
     where i.email = private.normal_email(p.email) and i.project_id = p_project_id and i.accepted_at is null and i.revoked_at is null;
    delete from public.project_members m where m.project_id = p_project_id and m.user_id = p_user_id;
    if not found then
        perform private.fail(404, 'user_not_found', 'The project has no such member.');
    end if;
    perform private.emit('project.member_removed', p_project_id, p_project_id, jsonb_build_object('user_id', p_user_id));
    perform private.audit('project.remove_member', p_project_id, p_project_id, jsonb_build_object('user_id', p_user_id));
end;
$$;
comment on function public.remove_project_member is
    'Take a person out of a project. PT403 role_required, PT404 project_not_found, user_not_found.';
grant execute on function public.remove_project_member to authenticated;
