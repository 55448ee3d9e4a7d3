-- What a Supabase project has and plain Postgres lacks. On Supabase auth.users exists, and all of this is skipped.
do $prelude$
declare
    v_role text;
begin
    if to_regclass('auth.users') is not null then
        return;
    end if;

    -- Roles belong to the whole cluster: another database may have made them already.
    foreach v_role in array array['anon', 'authenticated', 'service_role'] loop
        if not exists (select from pg_roles where rolname = v_role) then
            execute format('create role %I nologin noinherit', v_role);
        end if;
    end loop;
    if not exists (select from pg_roles where rolname = 'authenticator') then
        create role authenticator nologin noinherit;
    end if;
    grant anon, authenticated, service_role to authenticator;

    create schema auth;
    create schema if not exists extensions;
    create extension if not exists vector schema extensions;
    grant usage on schema auth to anon, authenticated, service_role;
    grant usage on schema extensions to anon, authenticated, service_role;

    create table auth.users (
        id uuid primary key,
        aud text not null default 'authenticated',
        role text not null default 'authenticated',
        email text,
        encrypted_password text,
        email_confirmed_at timestamptz,
        invited_at timestamptz,
        last_sign_in_at timestamptz,
        raw_app_meta_data jsonb not null default '{}',
        raw_user_meta_data jsonb not null default '{}',
        banned_until timestamptz,
        deleted_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
    );
    create unique index users_email_key on auth.users (lower(email)) where deleted_at is null;

    create table auth.identities (
        id uuid primary key default gen_random_uuid(),
        user_id uuid not null references auth.users on delete cascade,
        provider text not null,
        provider_id text not null,
        identity_data jsonb not null default '{}',
        last_sign_in_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        unique (provider, provider_id)
    );

    create table auth.sessions (
        id uuid primary key,
        user_id uuid not null references auth.users on delete cascade,
        user_agent text,
        ip inet,
        not_after timestamptz,
        refreshed_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
    );
    create index sessions_user_id_idx on auth.sessions (user_id);

    create table auth.refresh_tokens (
        id bigint generated always as identity primary key,
        session_id uuid not null references auth.sessions on delete cascade,
        user_id uuid not null references auth.users on delete cascade,
        token text not null unique,
        parent text,
        revoked boolean not null default false,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
    );
    create index refresh_tokens_session_id_idx on auth.refresh_tokens (session_id);

    create function auth.jwt() returns jsonb language sql stable as $fn$
        select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb
    $fn$;
    create function auth.uid() returns uuid language sql stable as $fn$
        select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid
    $fn$;
    create function auth.role() returns text language sql stable as $fn$
        select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
    $fn$;
    create function auth.email() returns text language sql stable as $fn$
        select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
    $fn$;
end
$prelude$;
