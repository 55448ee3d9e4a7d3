create function private.take_allowance(p_action text, p_email text, p_address inet)
returns integer
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_wait interval;
begin
    -- Lock the buckets, always in the same order: of tries that come at once each sees what those before it took.
    insert into private.rate_limits as l (bucket, full_at)
    select a.bucket, clock_timestamp() from private.allowances(p_action, p_email, p_address) a order by a.bucket
    on conflict (bucket) do update set full_at = greatest(l.full_at, clock_timestamp());
    select max(l.full_at + a.refill - a.size * a.refill - clock_timestamp()) into v_wait
      from private.allowances(p_action, p_email, p_address) a
      join private.rate_limits l on l.bucket = a.bucket;
    if v_wait > interval '0' then
        return ceil(extract(epoch from v_wait));
    end if;
    update private.rate_limits l set full_at = l.full_at + a.refill
      from private.allowances(p_action, p_email, p_address) a
     where l.bucket = a.bucket;
    return 0;
end;
$$;
comment on function private.take_allowance is
    'Take one try out of every bucket of an action (GCRA). 0 when there was one in each; else nothing is taken, and the '
    'answer is how many seconds to wait. Returned and not raised: what was taken stays taken.';
grant execute on function private.take_allowance to devos_login;
