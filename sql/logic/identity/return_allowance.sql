create function private.return_allowance(p_action text, p_email text, p_address inet)
returns void
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    with mine as (
        select l.bucket, a.refill
          from private.allowances(p_action, p_email, p_address) a
          join private.rate_limits l on l.bucket = a.bucket
         order by l.bucket for update of l
    )
    update private.rate_limits l set full_at = l.full_at - m.refill from mine m where l.bucket = m.bucket
$$;
comment on function private.return_allowance is 'Give a try back that succeeded.';
grant execute on function private.return_allowance to devos_login;
