create function private.enter_by_identity(
    p_provider text, p_provider_id text, p_email text, p_profile jsonb, p_open boolean
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_user uuid;
    v_confirmed boolean;
    v_shut boolean;
    v_linked boolean;
    v_email text := private.normal_email(p_email);
begin
    select u.id, true, u.deleted_at is not null or coalesce(u.banned_until > statement_timestamp(), false), true
      into v_user, v_confirmed, v_shut, v_linked
      from auth.identities i join auth.users u on u.id = i.user_id
     where i.provider = p_provider and i.provider_id = p_provider_id;
    if not found then
        if v_email is null then
            return jsonb_build_object('outcome', 'provider_email_needs_verification');
        end if;
        select u.id, u.email_confirmed_at is not null, coalesce(u.banned_until > statement_timestamp(), false), false
          into v_user, v_confirmed, v_shut, v_linked
          from auth.users u where lower(u.email) = v_email and u.deleted_at is null
           for update;
    end if;
    if v_user is null then
        v_user := private.create_invited(v_email, p_provider, p_profile, p_open);
        if v_user is null then
            return jsonb_build_object('outcome', 'signup_disabled');
        end if;
    elsif v_shut then
        return jsonb_build_object('outcome', 'user_banned');
    elsif not v_confirmed then
        -- Whoever made it has never shown that the address is theirs: linking would let them in beside its owner.
        return jsonb_build_object('outcome', 'email_exists');
    elsif not v_linked and exists (
        select from auth.identities i where i.user_id = v_user and i.provider = p_provider
    ) then
        -- An address may have passed to somebody else since: an account keeps the identity that it was linked to.
        return jsonb_build_object('outcome', 'identity_already_exists');
    end if;
    if v_linked then
        update auth.identities i
           set identity_data = p_profile, last_sign_in_at = statement_timestamp(), updated_at = statement_timestamp()
         where i.provider = p_provider and i.provider_id = p_provider_id;
    else
        insert into auth.identities (user_id, provider, provider_id, identity_data, last_sign_in_at)
        values (v_user, p_provider, p_provider_id, p_profile, statement_timestamp());
        update auth.users u
           set raw_app_meta_data = u.raw_app_meta_data || jsonb_build_object('providers', p.known || to_jsonb(p_provider))
          from (select coalesce(a.raw_app_meta_data -> 'providers', '["email"]') as known from auth.users a where a.id = v_user) p
         where u.id = v_user and not p.known ? p_provider;
        perform private.audit('identity.link', null, v_user,
            jsonb_build_object('provider', p_provider, 'provider_id', p_provider_id));
    end if;
    return jsonb_build_object('outcome', 'signed_in', 'user_id', v_user);
end;
$$;
comment on function private.enter_by_identity is
    'Whose account an identity at a provider opens: its own; else the confirmed one of its verified e-mail, which it is then linked to; else a new one.';
