-- Null is without a limit: such a project is asked nothing but that.
alter table public.projects
    add column creations_per_minute integer,
    add constraint projects_creations_range check (creations_per_minute between 1 and 100000);
comment on column public.projects.creations_per_minute is
    'How many tasks requests create in it at once after a quiet minute, and in each minute from then on.';
