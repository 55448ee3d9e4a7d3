create function private.normal_email(p_email text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    -- Plain ASCII, lower case in every locale. What only looks like a letter, or turns into one when it is folded, makes no
    -- address here: two accounts never look alike, and nobody is taken for somebody whose mail goes elsewhere.
    select case
        when char_length(p_email) <= 320
         and e.folded ~ '^[a-z0-9.!#$%&''*+/=?^_`{|}~-]+@[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$'
        then e.folded
    end
      from (select lower(btrim(p_email, e' \t\r\n') collate "C")) as e (folded)
$$;
comment on function private.normal_email is
    'The one form of an e-mail address in which it is stored, compared and counted; null for what is no address.';
grant execute on function private.normal_email to devos_lookup, devos_jobs;
