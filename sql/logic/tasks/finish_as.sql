create function private.finish_as(p_action text, p_items jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_agent uuid := private.require_agent();
begin
    if coalesce(jsonb_typeof(p_items), '') <> 'array' or jsonb_array_length(p_items) not between 1 and 1000 then
        perform private.fail(422, 'invalid_items', 'Send a list of 1 to 1000 items.');
    end if;
    return private.finish_tasks(v_agent,
        (select jsonb_agg(i.item || jsonb_build_object('action',
                   -- A result that the API found wanting comes as the failure that it is.
                   case when p_action = 'complete' and i.item ->> 'action' = 'fail' then 'fail' else p_action end) order by i.nr)
           from jsonb_array_elements(p_items) with ordinality as i (item, nr)))::jsonb;
end;
$$;
comment on function private.finish_as is 'finish_tasks for items that all want the same. PT403 agent_required, PT422 invalid_items.';
