create function private.refuse_successor(p_task public.tasks, p_key text, p_priority smallint)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_priority < p_task.priority then
        perform private.fail(422, 'priority_too_high', 'What an agent adds is not more urgent than its own task.',
            'Leave the priority out to take that of the task.');
    end if;
    if (select count(*) from private.task_successors s
         where s.task_id = p_task.id and s.attempt = p_task.attempt and s.agent_id is not null
           and s.key is distinct from p_key) >= 100 then
        perform private.fail(409, 'too_many_successors', 'An attempt adds 100 tasks at the most.',
            'Add one task that goes on from there.');
    end if;
end;
$$;
comment on function private.refuse_successor is
    'What an agent may not add behind its task. PT409 too_many_successors, PT422 priority_too_high.';
