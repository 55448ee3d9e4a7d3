create function private.allowances(p_action text, p_email text, p_address inet)
returns table (bucket bytea, size integer, refill interval)
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    -- Buckets are kept as hashes: the table tells nobody who tried to sign in. Of IPv6 a customer has a whole /64.
    select sha256(convert_to(concat_ws(' ', a.action, a.per, a.who), 'UTF8')), a.size, a.refill
      from (select coalesce(private.normal_email(p_email), ''),
                   coalesce(case family(p_address) when 6 then network(set_masklen(p_address, 64))::text else host(p_address) end, '')
           ) as c (email, net),
           lateral (values
               ('sign_in', 'account and address', c.email || ' ' || c.net, 10, interval '30 seconds'),
               ('sign_in', 'account', c.email, 100, interval '10 seconds'),
               ('sign_in', 'address', c.net, 100, interval '1 second'),
               ('sign_up', 'address', c.net, 20, interval '1 minute'),
               ('refresh', 'address', c.net, 100, interval '1 second'),
               ('provider', 'address', c.net, 50, interval '5 seconds')
           ) as a (action, per, who, size, refill)
     where a.action = p_action
$$;
comment on function private.allowances is
    'What may be tried: so many at once in each bucket, and one more after each refill.';
