-- How much was done in the last minute and hour: rows come in the order of time, so a summary of each block is enough,
-- and costs the ending of an attempt nothing that can be measured.
create index task_attempts_ended_at_idx on public.task_attempts using brin (ended_at)
    with (pages_per_range = 16, autosummarize = on);

-- Empty unless tasks wait for others; what has none never touches it.
create index tasks_waiting_idx on public.tasks (project_id, kind) where state = 'pending' and open_dependencies > 0;

-- Each task is updated twice, and no update is HOT: a fixed number of dead rows, not a share of a table that only grows,
-- says when to vacuum, and the vacuum does not rest in between.
alter table public.tasks set (
    autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 5000);
-- Only ever appended to: vacuumed for the visibility map and before it has to be frozen all at once.
alter table public.task_attempts set (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
alter table public.events set (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
-- Small, and emptied as fast as it fills: what is dead in it is in the way of every look.
alter table private.outbox set (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
alter table public.agent_heartbeats set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
-- Emptied by the hour, in one go.
alter table private.idempotency_keys set (autovacuum_vacuum_scale_factor = 0.05);
