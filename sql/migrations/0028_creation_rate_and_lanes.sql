-- Null is without a limit: such a project is asked nothing but that.
alter table public.projects
    add column creations_per_minute integer,
    add constraint projects_creations_range check (creations_per_minute between 1 and 100000);
comment on column public.projects.creations_per_minute is
    'How many tasks requests create in it at once after a quiet minute, and in each minute from then on.';

-- Each lane of a key gets one without a key beside it, for the same agents: there its work is told at the broker.
alter table public.lanes no force row level security;
alter table public.agent_lanes no force row level security;
alter table public.limits no force row level security;
insert into public.lanes (project_id, kind, required_capabilities, assigned_agent_id, is_limited)
select distinct l.project_id, l.kind, l.required_capabilities, l.assigned_agent_id, exists (
           select from public.limits m
            where m.project_id = l.project_id and (m.kind is null or m.kind = l.kind) and m.scope <> 'key')
  from public.lanes l where l.concurrency_key is not null
on conflict do nothing;
insert into public.agent_lanes (agent_id, lane_id, kind, project_id, is_limited)
select distinct al.agent_id, b.id, b.kind, b.project_id, b.is_limited
  from public.lanes l
  join public.agent_lanes al on al.lane_id = l.id
  join public.lanes b on b.project_id = l.project_id and b.kind = l.kind and b.required_capabilities = l.required_capabilities
   and b.assigned_agent_id is not distinct from l.assigned_agent_id and b.concurrency_key is null
 where l.concurrency_key is not null
on conflict do nothing;
alter table public.limits force row level security;
alter table public.agent_lanes force row level security;
alter table public.lanes force row level security;
