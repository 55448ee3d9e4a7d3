-- What may change who sees what. An API process that tells events on looks here before it shows any, past the oldest running
-- transaction too: what that one holds back may be long. The condition stands in private.read_feed once more.
create index events_access_idx on public.events (xid, id)
    where type like 'project.%' or type like 'team.%' or type like 'user.%' or type like 'invitation.%';
