create policy state_transitions_select_everyone on public.state_transitions
    for select to authenticated, agent, devos_owner, devos_api, devos_lookup, devos_jobs using (true);
grant select on public.state_transitions to authenticated, agent, devos_api, devos_lookup, devos_jobs;
