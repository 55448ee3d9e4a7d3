create function private.finish_auth_flow(
    p_code_hash bytea, p_provider_id text, p_email text, p_profile jsonb, p_open boolean
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_provider text;
    v_answer jsonb;
begin
    select f.provider into v_provider from private.auth_flows f
     where f.code_hash = p_code_hash and f.user_id is null and f.expires_at > statement_timestamp()
       for update;
    if not found then
        return jsonb_build_object('outcome', 'flow_state_expired');
    end if;
    v_answer := private.enter_by_identity(v_provider, p_provider_id, p_email, p_profile, p_open);
    update private.auth_flows f
       set user_id = (v_answer ->> 'user_id')::uuid, expires_at = statement_timestamp() + interval '5 minutes'
     where f.code_hash = p_code_hash;
    return v_answer - 'user_id';
exception when unique_violation then
    -- Another sign-in made the same account or link at this moment: look again.
    raise exception using errcode = 'serialization_failure', message = 'the account was made at the same time';
end;
$$;
comment on function private.finish_auth_flow is
    'The provider has said who it is. {outcome: signed_in, or why not}; p_email is null unless the provider verified it.';
grant execute on function private.finish_auth_flow to devos_login;
