create function public.read_account()
returns jsonb
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_user uuid := private.my_user_id();
begin
    if v_user is null then
        perform private.fail(401, 'not_signed_in', 'This needs a signed-in person.', 'Sign in and send the token.');
    end if;
    return private.describe_user(v_user);
end;
$$;
comment on function public.read_account is 'The caller, in the shape that Supabase clients know. PT401 not_signed_in.';
grant execute on function public.read_account to authenticated;
