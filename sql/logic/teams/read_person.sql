create function public.read_person(p_user_id uuid)
returns jsonb
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_person jsonb := (select to_jsonb(p) from private.find_people(array[p_user_id], 1) p);
begin
    if v_person is null then
        perform private.fail(404, 'user_not_found', 'There is no such person.', 'List those you see with GET /api/users.');
    end if;
    return v_person;
end;
$$;
comment on function public.read_person is 'One person that the caller sees. PT404 user_not_found.';
grant execute on function public.read_person to authenticated;
