--
-- PostgreSQL database dump
--

\restrict devos


SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: auth; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA auth;


ALTER SCHEMA auth OWNER TO postgres;

--
-- Name: extensions; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA extensions;


ALTER SCHEMA extensions OWNER TO postgres;

--
-- Name: private; Type: SCHEMA; Schema: -; Owner: devos_owner
--

CREATE SCHEMA private;


ALTER SCHEMA private OWNER TO devos_owner;

--
-- Name: vector; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA extensions;


--
-- Name: EXTENSION vector; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION vector IS 'vector data type and ivfflat and hnsw access methods';


--
-- Name: app_role; Type: TYPE; Schema: public; Owner: devos_owner
--

CREATE TYPE public.app_role AS ENUM (
    'viewer',
    'supervisor',
    'admin'
);


ALTER TYPE public.app_role OWNER TO devos_owner;

--
-- Name: attempt_outcome; Type: TYPE; Schema: public; Owner: devos_owner
--

CREATE TYPE public.attempt_outcome AS ENUM (
    'completed',
    'failed',
    'retried',
    'blocked',
    'released',
    'cancelled',
    'lease_expired'
);


ALTER TYPE public.attempt_outcome OWNER TO devos_owner;

--
-- Name: service_state; Type: TYPE; Schema: public; Owner: devos_owner
--

CREATE TYPE public.service_state AS ENUM (
    'ACTIVE',
    'SUSPENDED'
);


ALTER TYPE public.service_state OWNER TO devos_owner;

--
-- Name: task_acceptance; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_acceptance AS jsonb
	CONSTRAINT tasks_acceptance_is_list CHECK (((jsonb_typeof(VALUE) = 'array'::text) AND (octet_length((VALUE)::text) <= 65536)));


ALTER DOMAIN public.task_acceptance OWNER TO devos_owner;

--
-- Name: task_blocked_reason; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_blocked_reason AS text
	CONSTRAINT tasks_blocked_reason CHECK ((VALUE = ANY (ARRAY['budget'::text, 'policy'::text, 'ci'::text, 'approval'::text, 'predecessor'::text])));


ALTER DOMAIN public.task_blocked_reason OWNER TO devos_owner;

--
-- Name: task_cancel_reason; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_cancel_reason AS text
	CONSTRAINT tasks_cancel_reason_length CHECK ((char_length(VALUE) <= 500));


ALTER DOMAIN public.task_cancel_reason OWNER TO devos_owner;

--
-- Name: task_capabilities; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_capabilities AS text[]
	CONSTRAINT tasks_capabilities_count CHECK ((cardinality(VALUE) <= 100));


ALTER DOMAIN public.task_capabilities OWNER TO devos_owner;

--
-- Name: task_checkpoint; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_checkpoint AS jsonb
	CONSTRAINT tasks_checkpoint_is_object CHECK ((jsonb_typeof(VALUE) = 'object'::text))
	CONSTRAINT tasks_checkpoint_size CHECK ((octet_length((VALUE)::text) <= 65536));


ALTER DOMAIN public.task_checkpoint OWNER TO devos_owner;

--
-- Name: task_concurrency_key; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_concurrency_key AS text
	CONSTRAINT tasks_concurrency_key_length CHECK (((char_length(VALUE) >= 1) AND (char_length(VALUE) <= 200)));


ALTER DOMAIN public.task_concurrency_key OWNER TO devos_owner;

--
-- Name: task_description; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_description AS text
	CONSTRAINT tasks_description_length CHECK ((char_length(VALUE) <= 65536));


ALTER DOMAIN public.task_description OWNER TO devos_owner;

--
-- Name: task_error; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_error AS jsonb
	CONSTRAINT tasks_last_error_is_object CHECK ((jsonb_typeof(VALUE) = 'object'::text))
	CONSTRAINT tasks_last_error_size CHECK ((octet_length((VALUE)::text) <= 65536));


ALTER DOMAIN public.task_error OWNER TO devos_owner;

--
-- Name: task_expected_artifacts; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_expected_artifacts AS jsonb
	CONSTRAINT tasks_expected_artifacts_is_list CHECK (((jsonb_typeof(VALUE) = 'array'::text) AND (octet_length((VALUE)::text) <= 16384)));


ALTER DOMAIN public.task_expected_artifacts OWNER TO devos_owner;

--
-- Name: task_input; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_input AS jsonb
	CONSTRAINT tasks_input_is_object CHECK ((jsonb_typeof(VALUE) = 'object'::text))
	CONSTRAINT tasks_input_size CHECK ((octet_length((VALUE)::text) <= 262144));


ALTER DOMAIN public.task_input OWNER TO devos_owner;

--
-- Name: task_kind; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_kind AS text
	CONSTRAINT tasks_kind_format CHECK ((VALUE ~ '^[a-z][a-z0-9_.-]{0,63}$'::text));


ALTER DOMAIN public.task_kind OWNER TO devos_owner;

--
-- Name: task_max_retries; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_max_retries AS integer
	CONSTRAINT tasks_max_retries_range CHECK (((VALUE >= 0) AND (VALUE <= 100)));


ALTER DOMAIN public.task_max_retries OWNER TO devos_owner;

--
-- Name: task_output; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_output AS jsonb
	CONSTRAINT tasks_output_is_object CHECK ((jsonb_typeof(VALUE) = 'object'::text))
	CONSTRAINT tasks_output_size CHECK ((octet_length((VALUE)::text) <= 262144));


ALTER DOMAIN public.task_output OWNER TO devos_owner;

--
-- Name: task_priority; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_priority AS smallint
	CONSTRAINT tasks_priority_range CHECK (((VALUE >= 1) AND (VALUE <= 4)));


ALTER DOMAIN public.task_priority OWNER TO devos_owner;

--
-- Name: task_progress; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_progress AS numeric(4,3)
	CONSTRAINT tasks_progress_range CHECK (((VALUE >= (0)::numeric) AND (VALUE <= (1)::numeric)));


ALTER DOMAIN public.task_progress OWNER TO devos_owner;

--
-- Name: task_related_ids; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_related_ids AS uuid[]
	CONSTRAINT tasks_related_count CHECK ((cardinality(VALUE) <= 100));


ALTER DOMAIN public.task_related_ids OWNER TO devos_owner;

--
-- Name: task_resource_requirements; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_resource_requirements AS jsonb
	CONSTRAINT tasks_resource_requirements_is_object CHECK (((jsonb_typeof(VALUE) = 'object'::text) AND (octet_length((VALUE)::text) <= 16384)));


ALTER DOMAIN public.task_resource_requirements OWNER TO devos_owner;

--
-- Name: task_retry_seconds; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_retry_seconds AS integer
	CONSTRAINT tasks_retry_range CHECK (((VALUE >= 0) AND (VALUE <= 604800)));


ALTER DOMAIN public.task_retry_seconds OWNER TO devos_owner;

--
-- Name: task_run_at; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_run_at AS timestamp with time zone
	CONSTRAINT tasks_run_at_range CHECK (((VALUE >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (VALUE <= '2200-01-01 00:00:00+00'::timestamp with time zone)));


ALTER DOMAIN public.task_run_at OWNER TO devos_owner;

--
-- Name: task_state; Type: TYPE; Schema: public; Owner: devos_owner
--

CREATE TYPE public.task_state AS ENUM (
    'pending',
    'running',
    'needs_qa',
    'completed',
    'failed',
    'blocked',
    'cancelled'
);


ALTER TYPE public.task_state OWNER TO devos_owner;

--
-- Name: task_tags; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_tags AS text[]
	CONSTRAINT tasks_tags_count CHECK ((cardinality(VALUE) <= 50));


ALTER DOMAIN public.task_tags OWNER TO devos_owner;

--
-- Name: task_timeout; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_timeout AS integer
	CONSTRAINT tasks_timeout_range CHECK (((VALUE >= 1) AND (VALUE <= 604800)));


ALTER DOMAIN public.task_timeout OWNER TO devos_owner;

--
-- Name: task_title; Type: DOMAIN; Schema: public; Owner: devos_owner
--

CREATE DOMAIN public.task_title AS text
	CONSTRAINT tasks_title_length CHECK (((char_length(VALUE) >= 1) AND (char_length(VALUE) <= 500)));


ALTER DOMAIN public.task_title OWNER TO devos_owner;

--
-- Name: email(); Type: FUNCTION; Schema: auth; Owner: postgres
--

CREATE FUNCTION auth.email() RETURNS text
    LANGUAGE sql STABLE
    AS $$
        select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
    $$;


ALTER FUNCTION auth.email() OWNER TO postgres;

--
-- Name: jwt(); Type: FUNCTION; Schema: auth; Owner: postgres
--

CREATE FUNCTION auth.jwt() RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
        select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb
    $$;


ALTER FUNCTION auth.jwt() OWNER TO postgres;

--
-- Name: role(); Type: FUNCTION; Schema: auth; Owner: postgres
--

CREATE FUNCTION auth.role() RETURNS text
    LANGUAGE sql STABLE
    AS $$
        select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
    $$;


ALTER FUNCTION auth.role() OWNER TO postgres;

--
-- Name: uid(); Type: FUNCTION; Schema: auth; Owner: postgres
--

CREATE FUNCTION auth.uid() RETURNS uuid
    LANGUAGE sql STABLE
    AS $$
        select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid
    $$;


ALTER FUNCTION auth.uid() OWNER TO postgres;

--
-- Name: actor(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.actor() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select case
        when c ->> 'agent_id' is not null then jsonb_build_object('kind', 'agent', 'id', c ->> 'agent_id')
        when c ->> 'sub' is not null then jsonb_build_object('kind', 'person', 'id', c ->> 'sub')
        when c ->> 'role' = 'integration' then jsonb_build_object('kind', 'integration')
        else jsonb_build_object('kind', 'system')
    end
      from private.claims() c
$$;


ALTER FUNCTION private.actor() OWNER TO devos_api;

--
-- Name: FUNCTION actor(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.actor() IS 'Who acts: {kind: agent | person | integration | system, id}.';


--
-- Name: add_agent(text, uuid[], text[], jsonb, text, bytea, uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.add_agent(p_name text, p_project_ids uuid[], p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea, p_registration_token_id uuid) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid := private.new_id();
begin
    perform private.require_labels(p_labels);
    perform private.lock_lanes();
    insert into public.agents (id, name, capabilities, labels, registration_token_id)
    values (v_id, p_name, p_capabilities, p_labels, p_registration_token_id);
    insert into public.agent_projects (agent_id, project_id) select v_id, p from unnest(p_project_ids) p;
    if p_registration_token_id is not null then
        -- A token acts for nobody: from here on the new agent does itself.
        perform set_config('request.jwt.claims', format('{"role":"agent","agent_id":"%s"}', v_id), true);
    end if;
    insert into private.agent_keys (id, agent_id, key_hash) values (p_key_id, v_id, p_key_hash);
    perform private.match_lanes(v_id, null);
    perform private.note_agent('agent.register', 'agent.registered', v_id, jsonb_strip_nulls(jsonb_build_object(
        'name', p_name, 'capabilities', p_capabilities, 'labels', p_labels, 'key_id', p_key_id,
        'registration_token_id', p_registration_token_id)));
    return public.read_agent(v_id);
end;
$$;


ALTER FUNCTION private.add_agent(p_name text, p_project_ids uuid[], p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea, p_registration_token_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION add_agent(p_name text, p_project_ids uuid[], p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea, p_registration_token_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.add_agent(p_name text, p_project_ids uuid[], p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea, p_registration_token_id uuid) IS 'A new agent with its key, its projects and its lanes. PT422 invalid_labels.';


--
-- Name: add_dependencies(jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.add_dependencies(p_edges jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_tasks uuid[];
    v_before uuid[];
    v_policies text[];
    v_state public.task_state;
begin
    select array_agg(e.task_id), array_agg(e.depends_on_id), array_agg(coalesce(e.on_failure, 'fail'))
      into v_tasks, v_before, v_policies
      from jsonb_to_recordset(p_edges) as e (task_id uuid, depends_on_id uuid, on_failure text);
    -- Held until commit: a predecessor that ends meanwhile sees the new edge, or is seen as ended. Predecessors before
    -- those that wait for them, the order in which an end is passed on.
    perform from public.tasks t where t.id = any (v_before) order by t.id for share;
    perform from public.tasks t where t.id = any (v_tasks) order by t.id for no key update;
    select t.state into v_state from public.tasks t where t.id = any (v_tasks) and t.state not in ('pending', 'blocked') limit 1;
    if found then
        perform private.fail(409, 'task_not_editable', format('The task is %s; only one that waits can wait for more.', v_state),
            'Create another one.');
    end if;
    if exists (
        select from unnest(v_tasks, v_before) as e (task_id, depends_on_id)
          join public.tasks t on t.id = e.task_id
          left join public.tasks p on p.id = e.depends_on_id and p.project_id = t.project_id
         where p.id is null
    ) then
        perform private.fail(404, 'task_not_found', 'There is no such task to wait for.', 'Name tasks of the same project.');
    end if;
    with made as (
        insert into public.task_dependencies (task_id, depends_on_id, project_id, on_failure, settled_at)
        -- A predecessor that is named twice counts as it was named first.
        select distinct on (e.task_id, e.depends_on_id) e.task_id, e.depends_on_id, p.project_id, e.on_failure,
               case when p.state = 'completed' or (p.state in ('failed', 'cancelled') and e.on_failure = 'ignore')
                   then statement_timestamp() end
          from unnest(v_tasks, v_before, v_policies) with ordinality as e (task_id, depends_on_id, on_failure, nr)
          join public.tasks t on t.id = e.task_id
          join public.tasks p on p.id = e.depends_on_id
         order by e.task_id, e.depends_on_id, e.nr
        on conflict do nothing
        returning task_id, depends_on_id, settled_at
    )
    select array_agg(m.task_id), array_agg(m.depends_on_id) into v_tasks, v_before from made m where m.settled_at is null;
    if v_tasks is null then
        return;
    end if;
    update public.tasks t set open_dependencies = t.open_dependencies + m.open
      from (select u.id, count(*)::integer as open from unnest(v_tasks) as u (id) group by u.id) m
     where t.id = m.id;
    -- What has failed already counts as what fails later.
    perform private.settle_dependents(v_before, v_tasks);
end;
$$;


ALTER FUNCTION private.add_dependencies(p_edges jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION add_dependencies(p_edges jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.add_dependencies(p_edges jsonb) IS 'Let waiting tasks wait for others of their project: edges {task_id, depends_on_id, on_failure: fail | block | ignore}.
PT404 task_not_found, PT409 task_not_editable.';


--
-- Name: age_tasks(); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.age_tasks() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_risen integer;
begin
    with due as (
        select d.id, d.level
          from public.projects p
          join public.lanes l on l.project_id = p.id
         -- Once the time: MEDIUM; twice: HIGH; three times: CRITICAL. So the front of a queue is what is due, and nothing else.
         cross join generate_series(2, 4) as q (level)
         cross join lateral (
            select t.id, q.level - 1 as level from public.tasks t
             where t.lane_id = l.id and t.queue_priority = q.level and t.state = 'pending' and t.open_dependencies = 0
               and t.run_at <= statement_timestamp() - p.ageing_seconds * (5 - q.level) * interval '1 second'
             order by t.run_at, t.id limit 1000 for update skip locked) d
         where p.ageing_seconds is not null
         limit 1000
    )
    update public.tasks t set queue_priority = d.level from due d where t.id = d.id;
    get diagnostics v_risen = row_count;
    return v_risen;
end;
$$;


ALTER FUNCTION private.age_tasks() OWNER TO devos_jobs;

--
-- Name: FUNCTION age_tasks(); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.age_tasks() IS 'Job: in projects with ageing, claim what has waited long before what is younger; the priority that people see stays. Returns
how many tasks rose by one level.';


--
-- Name: agent_project_ids(uuid); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.agent_project_ids(p_agent_id uuid) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select array(select ap.project_id from public.agent_projects ap where ap.agent_id = p_agent_id order by ap.project_id)
$$;


ALTER FUNCTION private.agent_project_ids(p_agent_id uuid) OWNER TO devos_lookup;

--
-- Name: FUNCTION agent_project_ids(p_agent_id uuid); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.agent_project_ids(p_agent_id uuid) IS 'All projects of an agent, the caller''s or not.';


--
-- Name: allowances(text, text, inet); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.allowances(p_action text, p_email text, p_address inet) RETURNS TABLE(bucket bytea, size integer, refill interval)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION private.allowances(p_action text, p_email text, p_address inet) OWNER TO devos_api;

--
-- Name: FUNCTION allowances(p_action text, p_email text, p_address inet); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.allowances(p_action text, p_email text, p_address inet) IS 'What may be tried: so many at once in each bucket, and one more after each refill.';


--
-- Name: answer_finished(jsonb, json, bigint[]); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.answer_finished(p_items jsonb, p_results json, p_numbers bigint[]) RETURNS json
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select json_agg(coalesce(
               p_results -> (array_position(p_numbers, x.nr) - 1),
               json_build_object(
                   'task_id', x.task_id,
                   -- Told before, and the answer was lost on its way: nothing is done twice.
                   'outcome', case when exists (
                       select from public.task_attempts a
                        where a.lease_token = x.lease_token and a.task_id = x.task_id
                          and a.agent_id = (select private.my_agent_id())
                          and a.outcome <> 'lease_expired'
                          and a.error ->> 'code' is distinct from 'cancel_ignored') then 'duplicate' else 'lease_lost' end,
                   'state', null)) order by x.nr)
      from rows from (jsonb_to_recordset(p_items) as (task_id uuid, lease_token bigint))
           with ordinality as x (task_id, lease_token, nr)
$$;


ALTER FUNCTION private.answer_finished(p_items jsonb, p_results json, p_numbers bigint[]) OWNER TO devos_api;

--
-- Name: FUNCTION answer_finished(p_items jsonb, p_results json, p_numbers bigint[]); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.answer_finished(p_items jsonb, p_results json, p_numbers bigint[]) IS 'What became of each item of finish_tasks, in the order sent; p_numbers are the items that the results are for.';


--
-- Name: audit(text, uuid, uuid, jsonb); Type: FUNCTION; Schema: private; Owner: devos_journal
--

CREATE FUNCTION private.audit(p_action text, p_project_id uuid, p_subject_id uuid, p_data jsonb DEFAULT '{}'::jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_actor jsonb := private.actor();
begin
    insert into public.audit_log (action, project_id, subject_id, actor_kind, actor_id, data)
    values (p_action, p_project_id, p_subject_id, v_actor ->> 'kind', (v_actor ->> 'id')::uuid,
            p_data || jsonb_strip_nulls(jsonb_build_object('api_token_id', private.claims() ->> 'token_id')));
end;
$$;


ALTER FUNCTION private.audit(p_action text, p_project_id uuid, p_subject_id uuid, p_data jsonb) OWNER TO devos_journal;

--
-- Name: FUNCTION audit(p_action text, p_project_id uuid, p_subject_id uuid, p_data jsonb); Type: COMMENT; Schema: private; Owner: devos_journal
--

COMMENT ON FUNCTION private.audit(p_action text, p_project_id uuid, p_subject_id uuid, p_data jsonb) IS 'Append one row to the audit log; the actor, and the API token it came with, are taken from the request.';


--
-- Name: authenticate_agent(text, bytea); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.authenticate_agent(p_key_id text, p_key_hash bytea) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select k.agent_id
      from private.agent_keys k
      join public.agents a on a.id = k.agent_id
     where k.id = p_key_id and k.key_hash = p_key_hash and a.is_active
       and k.revoked_at is null and coalesce(k.expires_at > statement_timestamp(), true)
$$;


ALTER FUNCTION private.authenticate_agent(p_key_id text, p_key_hash bytea) OWNER TO devos_lookup;

--
-- Name: FUNCTION authenticate_agent(p_key_id text, p_key_hash bytea); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.authenticate_agent(p_key_id text, p_key_hash bytea) IS 'The active agent that a living key belongs to; null for an unknown, wrong, revoked or expired key and a deactivated agent.';


--
-- Name: authenticate_api_token(text, bytea); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.authenticate_api_token(p_key_id text, p_key_hash bytea) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object('token_id', t.id, 'user_id', t.user_id, 'scopes', t.scopes)
      from private.token_hashes h
      join public.api_tokens t on t.id = h.token_id
      join auth.users u on u.id = t.user_id
     where h.id = p_key_id and h.hash = p_key_hash and h.kind = 'api'
       and t.revoked_at is null and coalesce(t.expires_at > statement_timestamp(), true)
       and u.deleted_at is null and coalesce(u.banned_until <= statement_timestamp(), true)
$$;


ALTER FUNCTION private.authenticate_api_token(p_key_id text, p_key_hash bytea) OWNER TO devos_lookup;

--
-- Name: FUNCTION authenticate_api_token(p_key_id text, p_key_hash bytea); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.authenticate_api_token(p_key_id text, p_key_hash bytea) IS 'Whose API token this is, and its scopes; null for one that is unknown, wrong, expired or revoked.';


--
-- Name: authenticate_project_token(text, bytea); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.authenticate_project_token(p_key_id text, p_key_hash bytea) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object('token_id', t.id, 'project_id', t.project_id)
      from private.token_hashes h
      join public.project_tokens t on t.id = h.token_id
     where h.id = p_key_id and h.hash = p_key_hash and h.kind = 'project'
       and t.revoked_at is null and coalesce(t.expires_at > statement_timestamp(), true)
$$;


ALTER FUNCTION private.authenticate_project_token(p_key_id text, p_key_hash bytea) OWNER TO devos_lookup;

--
-- Name: FUNCTION authenticate_project_token(p_key_id text, p_key_hash bytea); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.authenticate_project_token(p_key_id text, p_key_hash bytea) IS 'Which project a token speaks for; null for one that is unknown, wrong, expired or revoked.';


--
-- Name: authenticate_registration_token(text, bytea); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.authenticate_registration_token(p_key_id text, p_key_hash bytea) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object('token_id', h.token_id)
      from private.token_hashes h
     where h.id = p_key_id and h.hash = p_key_hash and h.kind = 'registration'
       and private.registration_token_lives(h.token_id)
$$;


ALTER FUNCTION private.authenticate_registration_token(p_key_id text, p_key_hash bytea) OWNER TO devos_lookup;

--
-- Name: FUNCTION authenticate_registration_token(p_key_id text, p_key_hash bytea); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.authenticate_registration_token(p_key_id text, p_key_hash bytea) IS 'Which registration token this is; null for one that is unknown, wrong, expired, revoked, or whose creator may no longer register.';


--
-- Name: authenticate_session(uuid, uuid); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.authenticate_session(p_user_id uuid, p_session_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object('id', u.id, 'email', u.email, 'role', r.role)
      from auth.sessions s
      join auth.users u on u.id = s.user_id
      left join public.user_roles r on r.user_id = u.id
     where s.id = p_session_id and s.user_id = p_user_id and u.deleted_at is null
       and coalesce(s.not_after > statement_timestamp(), true)
       and coalesce(u.banned_until <= statement_timestamp(), true)
$$;


ALTER FUNCTION private.authenticate_session(p_user_id uuid, p_session_id uuid) OWNER TO devos_lookup;

--
-- Name: FUNCTION authenticate_session(p_user_id uuid, p_session_id uuid); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.authenticate_session(p_user_id uuid, p_session_id uuid) IS 'The person of a living session; null when it has ended.';


--
-- Name: back_off(integer, integer, integer, integer); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.back_off(p_retry_count integer, p_base_seconds integer, p_cap_seconds integer, p_asked_seconds integer) RETURNS interval
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select case
        -- Not coalesce: least() passes over a null, and so would answer a day.
        when p_asked_seconds is not null then greatest(0, least(p_asked_seconds, 86400))
        -- Equal jitter: half of the exponential step is fixed, half is random.
        else least(p_cap_seconds, p_base_seconds * 2 ^ least(p_retry_count, 30)) * (0.5 + random() / 2)
    end * interval '1 second'
$$;


ALTER FUNCTION private.back_off(p_retry_count integer, p_base_seconds integer, p_cap_seconds integer, p_asked_seconds integer) OWNER TO devos_api;

--
-- Name: FUNCTION back_off(p_retry_count integer, p_base_seconds integer, p_cap_seconds integer, p_asked_seconds integer); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.back_off(p_retry_count integer, p_base_seconds integer, p_cap_seconds integer, p_asked_seconds integer) IS 'How long a failed task waits: what the handler asked for (a day at the most), else base × 2^retries up to the cap, with jitter.';


--
-- Name: begin_auth_flow(text, bytea, text, text); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.begin_auth_flow(p_provider text, p_state_hash bytea, p_redirect_to text, p_code_challenge text) RETURNS uuid
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into private.auth_flows (id, provider, state_hash, redirect_to, code_challenge, expires_at)
    values (private.new_id(), p_provider, p_state_hash, p_redirect_to, p_code_challenge,
            statement_timestamp() + interval '10 minutes')
    returning id
$$;


ALTER FUNCTION private.begin_auth_flow(p_provider text, p_state_hash bytea, p_redirect_to text, p_code_challenge text) OWNER TO devos_api;

--
-- Name: FUNCTION begin_auth_flow(p_provider text, p_state_hash bytea, p_redirect_to text, p_code_challenge text); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.begin_auth_flow(p_provider text, p_state_hash bytea, p_redirect_to text, p_code_challenge text) IS 'A sign-in by way of a provider begins; it has ten minutes to come back.';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: service_registry; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.service_registry (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL,
    state public.service_state DEFAULT 'ACTIVE'::public.service_state NOT NULL,
    "limit" numeric(18,6) NOT NULL,
    spent numeric(18,6) DEFAULT 0 NOT NULL,
    reserved numeric(18,6) DEFAULT 0 NOT NULL,
    overrun numeric(18,6) DEFAULT 0 NOT NULL,
    substitute_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT service_registry_amounts_are_numbers CHECK ((((('NaN'::numeric <> "limit") AND ('NaN'::numeric <> spent)) AND ('NaN'::numeric <> reserved)) AND ('NaN'::numeric <> overrun))),
    CONSTRAINT service_registry_amounts_not_negative CHECK ((("limit" >= (0)::numeric) AND (spent >= (0)::numeric) AND (reserved >= (0)::numeric) AND (overrun >= (0)::numeric))),
    CONSTRAINT service_registry_name_format CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}$'::text)),
    CONSTRAINT service_registry_not_its_own_substitute CHECK ((substitute_id <> id)),
    CONSTRAINT service_registry_within_limit CHECK (((spent + reserved) <= ("limit" + overrun)))
)
WITH (fillfactor='50');

ALTER TABLE ONLY public.service_registry FORCE ROW LEVEL SECURITY;


ALTER TABLE public.service_registry OWNER TO devos_owner;

--
-- Name: TABLE service_registry; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.service_registry IS 'Metered upstreams with their budgets, in USD.';


--
-- Name: tasks; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.tasks (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    lane_id bigint NOT NULL,
    kind public.task_kind NOT NULL,
    title public.task_title NOT NULL,
    description public.task_description DEFAULT ''::text NOT NULL,
    state public.task_state DEFAULT 'pending'::public.task_state NOT NULL,
    priority public.task_priority DEFAULT 3 NOT NULL,
    required_capabilities public.task_capabilities DEFAULT '{}'::text[] NOT NULL,
    input public.task_input DEFAULT '{}'::jsonb NOT NULL,
    output public.task_output,
    checkpoint public.task_checkpoint,
    progress public.task_progress DEFAULT 0 NOT NULL,
    progress_note text,
    attempt integer DEFAULT 0 NOT NULL,
    retry_count integer DEFAULT 0 NOT NULL,
    max_retries public.task_max_retries DEFAULT 3 NOT NULL,
    retry_base_seconds public.task_retry_seconds DEFAULT 2 NOT NULL,
    retry_cap_seconds public.task_retry_seconds DEFAULT 600 NOT NULL,
    last_error public.task_error,
    blocked_reason public.task_blocked_reason,
    dedupe_key text,
    run_at public.task_run_at DEFAULT statement_timestamp() NOT NULL,
    agent_id uuid,
    lease_token bigint,
    lease_expires_at timestamp with time zone,
    lease_seconds integer,
    cancel_requested_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    assigned_agent_id uuid,
    version integer DEFAULT 1 NOT NULL,
    tags public.task_tags DEFAULT '{}'::text[] NOT NULL,
    related_task_ids public.task_related_ids DEFAULT '{}'::uuid[] NOT NULL,
    resource_requirements public.task_resource_requirements DEFAULT '{}'::jsonb NOT NULL,
    expected_artifacts public.task_expected_artifacts DEFAULT '[]'::jsonb NOT NULL,
    acceptance public.task_acceptance DEFAULT '[]'::jsonb NOT NULL,
    timeout_seconds public.task_timeout,
    queue_priority public.task_priority DEFAULT 3 NOT NULL,
    parent_task_id uuid,
    open_dependencies integer DEFAULT 0 NOT NULL,
    progress_told_at timestamp with time zone,
    postponed integer DEFAULT 0 NOT NULL,
    cancel_reason public.task_cancel_reason,
    concurrency_key public.task_concurrency_key,
    is_limited boolean DEFAULT false NOT NULL,
    CONSTRAINT tasks_blocked_has_reason CHECK (((state = 'blocked'::public.task_state) = (blocked_reason IS NOT NULL))),
    CONSTRAINT tasks_lease_is_whole CHECK ((((lease_token IS NULL) = (lease_expires_at IS NULL)) AND ((lease_token IS NULL) = (agent_id IS NULL)))),
    CONSTRAINT tasks_lease_while_running CHECK (((state = 'running'::public.task_state) = (lease_token IS NOT NULL))),
    CONSTRAINT tasks_lists_are_whole CHECK (((array_position((tags)::text[], NULL::text) IS NULL) AND (array_position((related_task_ids)::uuid[], NULL::uuid) IS NULL)))
)
WITH (fillfactor='80', autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='0', autovacuum_analyze_scale_factor='0.02', autovacuum_analyze_threshold='5000');

ALTER TABLE ONLY public.tasks FORCE ROW LEVEL SECURITY;


ALTER TABLE public.tasks OWNER TO devos_owner;

--
-- Name: TABLE tasks; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.tasks IS 'One unit of work for one agent, with an input, a lease and a result.';


--
-- Name: COLUMN tasks.assigned_agent_id; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.tasks.assigned_agent_id IS 'The one agent that may claim the task; null for any that can.';


--
-- Name: COLUMN tasks.version; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.tasks.version IS 'Counts the edits, so that two people who edit do not overwrite each other.';


--
-- Name: COLUMN tasks.open_dependencies; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.tasks.open_dependencies IS 'How many predecessors are not settled yet; a task is claimed when there is none.';


--
-- Name: COLUMN tasks.progress_told_at; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.tasks.progress_told_at IS 'When an event told last how far the task is.';


--
-- Name: COLUMN tasks.postponed; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.tasks.postponed IS 'How often an agent asked to be run again later without burning a retry.';


--
-- Name: COLUMN tasks.concurrency_key; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.tasks.concurrency_key IS 'What it shares with the tasks that limits on keys count together with it.';


--
-- Name: COLUMN tasks.is_limited; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.tasks.is_limited IS 'A limit may have counted its last claim: whoever waits for room is told when that ends.';


--
-- Name: book_charge(public.service_registry, public.service_registry, public.tasks, numeric, text, text, boolean); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.book_charge(p_asked public.service_registry, p_service public.service_registry, p_task public.tasks, p_amount numeric, p_key text, p_note text, p_suspended boolean) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid := private.new_id();
    v_answer jsonb := jsonb_build_object(
        'charged', true, 'reason', null,
        'service_asked', private.service_ref(p_asked), 'service_used', private.service_ref(p_service),
        'delegated_from', case when p_asked.id <> p_service.id then private.service_ref(p_asked) end,
        'suspended_now', p_suspended,
        'remaining', (p_service."limit" - p_service.spent - p_service.reserved - p_amount)::text, 'charge_id', v_id);
begin
    update public.service_registry s set spent = s.spent + p_amount where s.id = p_service.id;
    insert into public.service_charges (
        id, project_id, service_id, asked_service_id, task_id, attempt, agent_id, user_id, key, amount, note, answer)
    values (v_id, p_service.project_id, p_service.id, p_asked.id, p_task.id, p_task.attempt, private.my_agent_id(),
            private.my_user_id(), p_key, p_amount, p_note, v_answer);
    perform private.emit('service.charged', p_service.project_id, p_service.id, jsonb_build_object(
        'name', p_service.name, 'amount', p_amount::text, 'task_id', p_task.id, 'attempt', p_task.attempt, 'key', p_key,
        'delegated_from', case when p_asked.id <> p_service.id then p_asked.name end));
    return v_answer;
end;
$$;


ALTER FUNCTION private.book_charge(p_asked public.service_registry, p_service public.service_registry, p_task public.tasks, p_amount numeric, p_key text, p_note text, p_suspended boolean) OWNER TO devos_api;

--
-- Name: FUNCTION book_charge(p_asked public.service_registry, p_service public.service_registry, p_task public.tasks, p_amount numeric, p_key text, p_note text, p_suspended boolean); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.book_charge(p_asked public.service_registry, p_service public.service_registry, p_task public.tasks, p_amount numeric, p_key text, p_note text, p_suspended boolean) IS 'Write a charge that fits a locked service. Returns the answer of charge_service.';


--
-- Name: broker_lanes(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.broker_lanes() RETURNS TABLE(agent_id uuid, lanes bigint[])
    LANGUAGE sql STABLE
    AS $$
    -- Lanes of keys come and go, and there may be any number: what is in them is told in the lane without one. And what a user of the
    -- broker may read is one pattern, which it takes up to a certain length only.
    select al.agent_id, (array_agg(al.lane_id order by al.lane_id))[1:200]
      from public.agent_lanes al join public.lanes l on l.id = al.lane_id
     where l.concurrency_key is null and al.agent_id in (select u.agent_id from private.broker_users u)
     group by al.agent_id
$$;


ALTER FUNCTION private.broker_lanes() OWNER TO devos_api;

--
-- Name: FUNCTION broker_lanes(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.broker_lanes() IS 'The lanes that users of the broker listen to: those without a concurrency key, 200 of each at the most. In others they look by
themselves. An agent without any has no row.';


--
-- Name: kinds; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.kinds (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    input_schema jsonb,
    output_schema jsonb,
    defaults jsonb DEFAULT '{}'::jsonb NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    changed_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT kinds_defaults_are_known CHECK (((jsonb_typeof(defaults) = 'object'::text) AND (octet_length((defaults)::text) <= 131072) AND ((defaults - ARRAY['priority'::text, 'max_retries'::text, 'retry_policy'::text, 'timeout_seconds'::text, 'required_capabilities'::text, 'resource_requirements'::text, 'expected_artifacts'::text, 'acceptance'::text, 'concurrency_key'::text]) = '{}'::jsonb))),
    CONSTRAINT kinds_description_length CHECK ((char_length(description) <= 10000)),
    CONSTRAINT kinds_input_schema_is_object CHECK (((jsonb_typeof(input_schema) = 'object'::text) AND (octet_length((input_schema)::text) <= 65536))),
    CONSTRAINT kinds_name_format CHECK ((name ~ '^[a-z][a-z0-9_.-]{0,63}$'::text)),
    CONSTRAINT kinds_output_schema_is_object CHECK (((jsonb_typeof(output_schema) = 'object'::text) AND (octet_length((output_schema)::text) <= 65536))),
    CONSTRAINT kinds_title_length CHECK ((char_length(title) <= 200))
);

ALTER TABLE ONLY public.kinds FORCE ROW LEVEL SECURITY;


ALTER TABLE public.kinds OWNER TO devos_owner;

--
-- Name: TABLE kinds; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.kinds IS 'One kind of work in a project: JSON Schemas of input and output, and what its tasks get that say nothing themselves.';


--
-- Name: builtin_kinds(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.builtin_kinds() RETURNS SETOF public.kinds
    LANGUAGE sql IMMUTABLE
    AS $_$
    select null::uuid, null::uuid, b.name, b.title, b.description, b.input_schema::jsonb, b.output_schema::jsonb,
           b.defaults::jsonb, 1, null::timestamptz, null::timestamptz
      from (values
        ('project_setup', 'Set a project up', 'Clone the repository and find out how it is built, tested and checked.',
         '{"type": "object", "additionalProperties": false, "required": ["repository"],
           "properties": {
             "repository": {"type": "string", "pattern": "^[^/\\s]+/[^\\s]+$", "maxLength": 200, "description": "owner/name"},
             "base_ref": {"type": "string", "minLength": 1, "maxLength": 255, "description": "the branch that work starts from"}}}',
         null, '{"timeout_seconds": 3600}'),
        ('plan_protocol', 'Plan a protocol', 'Make steps out of the brief of a protocol.',
         '{"type": "object", "additionalProperties": false, "required": ["protocol_id"],
           "properties": {
             "protocol_id": {"type": "string", "format": "uuid"},
             "spec_id": {"type": "string", "format": "uuid"},
             "repository": {"type": "string", "pattern": "^[^/\\s]+/[^\\s]+$", "maxLength": 200, "description": "owner/name"},
             "base_ref": {"type": "string", "minLength": 1, "maxLength": 255, "description": "the branch that work starts from"}}}',
         null, '{"timeout_seconds": 3600}'),
        ('execute_step', 'Do a step', 'Do one step of a protocol and commit what it changes.',
         '{"type": "object", "additionalProperties": false, "required": ["protocol_id", "step_id"],
           "properties": {
             "protocol_id": {"type": "string", "format": "uuid"},
             "step_id": {"type": "string", "format": "uuid"},
             "repository": {"type": "string", "pattern": "^[^/\\s]+/[^\\s]+$", "maxLength": 200, "description": "owner/name"},
             "base_sha": {"type": "string", "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$", "description": "the commit to start from"},
             "head_ref": {"type": "string", "minLength": 1, "maxLength": 255, "description": "the branch to commit to"}}}',
         '{"type": "object",
           "properties": {
             "head_sha": {"type": "string", "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$", "description": "the last commit of the step"}}}',
         '{"timeout_seconds": 7200}'),
        ('run_quality', 'Run the quality gates', 'Run tests, linters and type checks on one commit.',
         '{"type": "object", "additionalProperties": false, "required": ["repository", "head_sha"],
           "properties": {
             "repository": {"type": "string", "pattern": "^[^/\\s]+/[^\\s]+$", "maxLength": 200, "description": "owner/name"},
             "head_sha": {"type": "string", "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$", "description": "the commit to look at"},
             "protocol_id": {"type": "string", "format": "uuid"},
             "step_id": {"type": "string", "format": "uuid"}}}',
         '{"type": "object", "properties": {"passed": {"type": "boolean"}}}',
         '{"timeout_seconds": 3600}'),
        ('open_pr', 'Open a pull request', 'Open a pull request for a branch that is ready.',
         '{"type": "object", "additionalProperties": false, "required": ["repository", "head_ref", "base_ref"],
           "properties": {
             "repository": {"type": "string", "pattern": "^[^/\\s]+/[^\\s]+$", "maxLength": 200, "description": "owner/name"},
             "head_ref": {"type": "string", "minLength": 1, "maxLength": 255, "description": "the branch to merge"},
             "base_ref": {"type": "string", "minLength": 1, "maxLength": 255, "description": "the branch to merge into"},
             "draft": {"type": "boolean"},
             "protocol_id": {"type": "string", "format": "uuid"}}}',
         '{"type": "object",
           "properties": {
             "number": {"type": "integer", "minimum": 1},
             "url": {"type": "string", "format": "uri"}}}',
         '{"timeout_seconds": 3600}'),
        ('code_review', 'Review a pull request', 'Read what a pull request changes, and say what should change in it.',
         '{"type": "object", "additionalProperties": false, "required": ["repository", "number", "head_sha"],
           "properties": {
             "repository": {"type": "string", "pattern": "^[^/\\s]+/[^\\s]+$", "maxLength": 200, "description": "owner/name"},
             "number": {"type": "integer", "minimum": 1, "description": "the pull request"},
             "title": {"type": "string", "maxLength": 1000},
             "head_sha": {"type": "string", "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$", "description": "the commit to review"},
             "head_ref": {"type": "string", "maxLength": 255},
             "base_sha": {"type": "string", "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$", "description": "what it is compared with"},
             "base_ref": {"type": "string", "maxLength": 255},
             "author": {"type": "string", "maxLength": 100},
             "author_association": {"type": "string", "maxLength": 50, "description": "as the forge says it: MEMBER, NONE, …"},
             "clone_url": {"type": "string", "maxLength": 1000},
             "url": {"type": "string", "maxLength": 1000}}}',
         '{"type": "object",
           "properties": {
             "verdict": {"type": "string", "description": "in a few words"},
             "findings": {"type": "integer", "minimum": 0},
             "failing_tests": {"type": "integer", "minimum": 0}}}',
         '{"timeout_seconds": 3600}'),
        ('fix_ci', 'Fix a failed check', 'Find out why a check of a commit failed, and commit what mends it.',
         '{"type": "object", "additionalProperties": false, "required": ["repository", "head_sha"],
           "properties": {
             "repository": {"type": "string", "pattern": "^[^/\\s]+/[^\\s]+$", "maxLength": 200, "description": "owner/name"},
             "head_sha": {"type": "string", "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$", "description": "the commit that failed"},
             "head_ref": {"type": "string", "minLength": 1, "maxLength": 255, "description": "the branch to commit to"},
             "number": {"type": "integer", "minimum": 1, "description": "its pull request"},
             "check_id": {"type": "string", "minLength": 1, "maxLength": 100, "description": "the check, as the forge names it"}}}',
         '{"type": "object",
           "properties": {
             "head_sha": {"type": "string", "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$", "description": "the commit that mends it"}}}',
         '{"timeout_seconds": 7200}')
      ) as b (name, title, description, input_schema, output_schema, defaults)
$_$;


ALTER FUNCTION private.builtin_kinds() OWNER TO devos_api;

--
-- Name: FUNCTION builtin_kinds(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.builtin_kinds() IS 'The kinds that every project has. Their inputs carry ids and names, never copies of what these stand for.';


--
-- Name: cancel(uuid[], text); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.cancel(p_ids uuid[], p_reason text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_ids uuid[];
    v_projects uuid[];
    v_types text[];
    v_data jsonb := jsonb_strip_nulls(jsonb_build_object('reason', p_reason));
begin
    -- A running task is only asked: its handler learns of it with the next renewal and can clean up.
    with asked as (
        update public.tasks t
           set state = case when t.state = 'running' then t.state else 'cancelled' end,
               blocked_reason = null, updated_at = statement_timestamp(), cancel_reason = p_reason,
               cancel_requested_at = coalesce(t.cancel_requested_at, statement_timestamp()),
               finished_at = case when t.state <> 'running' then statement_timestamp() end
         where t.id = any (p_ids) and not (t.state = 'cancelled' or (t.state = 'running' and t.cancel_requested_at is not null))
        returning t.id, t.project_id, case t.state when 'cancelled' then 'task.cancelled' else 'task.cancel_requested' end as type
    )
    select array_agg(a.id), array_agg(a.project_id), array_agg(a.type) into v_ids, v_projects, v_types from asked a;
    if v_ids is not null then
        perform private.emit_each(v_types, v_projects, v_ids, array_fill(v_data, array[cardinality(v_ids)]));
        perform private.audit('task.cancel', a.project_id, a.id, v_data) from unnest(v_ids, v_projects) as a (id, project_id);
    end if;
end;
$$;


ALTER FUNCTION private.cancel(p_ids uuid[], p_reason text) OWNER TO devos_api;

--
-- Name: FUNCTION cancel(p_ids uuid[], p_reason text); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.cancel(p_ids uuid[], p_reason text) IS 'Cancel those of these tasks that wait, ask those that run to stop. PT409 illegal_transition when one has ended.';


--
-- Name: claim_for(uuid, text[], integer, integer); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.claim_for(p_agent_id uuid, p_kinds text[], p_limit integer, p_lease_seconds integer) RETURNS json
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    v_tasks json;
    v_ids uuid[];
    v_projects uuid[];
    v_data jsonb[];
    v_picked uuid[];
    v_served uuid[] := nullif(current_setting('devos.served', true), '');
    v_seed bigint := random() * 1e18;
    v_heads jsonb := nullif(current_setting('devos.heads', true), '');
    v_began timestamptz := clock_timestamp();
begin
    -- coalesce: a null limit would claim without one.
    if not coalesce(p_limit between 0 and 200 and p_lease_seconds between 1 and 3600, false) then
        perform private.fail(422, 'invalid_claim', 'Claim 0 to 200 tasks, for 1 to 3600 seconds.');
    end if;
    if exists (select from public.agent_lanes al where al.agent_id = p_agent_id and al.is_limited and al.kind = any (p_kinds)) then
        v_picked := private.pick_limited(p_agent_id, p_kinds, p_limit, v_served, v_seed);
    end if;
    if v_heads is not null and not exists (
        select from jsonb_each(v_heads) h where (h.value ->> 'until')::timestamptz > statement_timestamp()
    ) then
        v_heads := nullif(set_config('devos.heads', '', false), '');
    end if;
    with claimed as (
        update public.tasks t
           set state = 'running', agent_id = p_agent_id, attempt = t.attempt + 1,
               lease_token = nextval('private.lease_tokens'),
               lease_seconds = least(p_lease_seconds, t.timeout_seconds + 30),
               lease_expires_at = private.lease_end(p_lease_seconds, statement_timestamp(), t.timeout_seconds),
               started_at = statement_timestamp(), updated_at = statement_timestamp(), is_limited = v_picked is not null
         -- case: with coalesce the policies would have to come before the index.
         where t.id = any (case when v_picked is not null then v_picked else array(
            select c.id
              from (select p.priority, al.lane_id
                      from generate_series(1, 4) as p (priority), public.agent_lanes al
                     where al.agent_id = p_agent_id and al.kind = any (p_kinds)
                     -- Projects take turns, and so do the lanes of one: nobody's backlog keeps another's task waiting.
                     order by p.priority, array_position(v_served, al.project_id) nulls first,
                              uuid_hash_extended(al.project_id, v_seed), hashint8extended(al.lane_id, v_seed)) as l
             -- Lazy: a lane is looked into only while the lanes before it have not filled the limit.
             cross join lateral (
                select q.id from public.tasks q
                 where q.lane_id = l.lane_id and q.queue_priority = l.priority and q.state = 'pending'
                   and q.open_dependencies = 0 and q.run_at <= statement_timestamp()
                   and q.run_at >= case when v_heads is null then '-infinity'
                                        else private.head_of(v_heads, l.lane_id || ':' || l.priority) end
                 order by q.run_at, q.id limit p_limit
                 for update skip locked) as c
             limit p_limit) end)
        returning t.*
    )
    -- json and not jsonb: it leaves as text, and nothing here looks into it.
    select json_agg(row_to_json(told) order by c.queue_priority, c.run_at, c.id),
           array_agg(c.id), array_agg(c.project_id), array_agg(jsonb_build_object('attempt', c.attempt))
      into v_tasks, v_ids, v_projects, v_data
      from claimed c
     cross join lateral (
        select c.id, c.project_id, c.kind, c.title, c.description, private.priority_name(c.priority) as priority, c.input,
               c.attempt, c.retry_count, c.checkpoint, c.lease_token, c.lease_expires_at, c.lease_seconds, c.timeout_seconds, c.tags,
               c.resource_requirements, c.expected_artifacts, c.acceptance) told;
    if p_limit > 0 and v_picked is null
       and clock_timestamp() - v_began > (20 + 0.1 * coalesce(cardinality(v_ids), 0)) * interval '1 millisecond' then
        perform private.note_lane_heads(p_agent_id, p_kinds, v_ids, p_limit, clock_timestamp() - v_began);
    end if;
    if v_ids is null then
        return case when p_limit > 0 and v_picked is null and private.reap_unasked() > 0
                    then private.claim_for(p_agent_id, p_kinds, p_limit, p_lease_seconds) else '[]' end;
    end if;
    if not coalesce(v_served[array_upper(v_served, 1)] = all (v_projects), false) then
        perform private.note_served(v_served, v_projects);
    end if;
    perform private.emit_each(array_fill('task.claimed'::text, array[cardinality(v_ids)]), v_projects, v_ids, v_data);
    return v_tasks;
end;
$$;


ALTER FUNCTION private.claim_for(p_agent_id uuid, p_kinds text[], p_limit integer, p_lease_seconds integer) OWNER TO devos_api;

--
-- Name: FUNCTION claim_for(p_agent_id uuid, p_kinds text[], p_limit integer, p_lease_seconds integer); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.claim_for(p_agent_id uuid, p_kinds text[], p_limit integer, p_lease_seconds integer) IS 'Lease up to p_limit pending tasks of the agent''s lanes: priority first, then whose project''s turn it is, then age within a lane.
PT422 invalid_claim.';


--
-- Name: claims(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.claims() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select nullif(current_setting('request.jwt.claims', true), '')::jsonb
$$;


ALTER FUNCTION private.claims() OWNER TO devos_api;

--
-- Name: FUNCTION claims(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.claims() IS 'Who this request runs as; null, and so closed, when nothing is set.';


--
-- Name: count_attempts(uuid[]); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.count_attempts(p_project_ids uuid[]) RETURNS TABLE(span text, outcome public.attempt_outcome, attempts bigint, exact boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_most constant integer := greatest(100, 5000 / greatest(cardinality(p_project_ids), 1));
begin
    return query
        -- The newest of each project: what others do is not read.
        with ended as materialized (
            select r.outcome, r.ended_at, count(*) over (partition by p.id) < v_most as whole
              from unnest(p_project_ids) as p (id)
             cross join lateral (
                select a.outcome, a.ended_at from public.task_attempts a
                 where a.project_id = p.id and a.ended_at > statement_timestamp() - interval '1 hour'
                 order by a.ended_at desc limit v_most) r
        )
        select s.span, e.outcome, count(*), bool_and(bool_and(e.whole)) over (partition by s.span)
          from (values ('minute', interval '1 minute'), ('hour', interval '1 hour')) as s (span, back)
          join ended e on e.ended_at > statement_timestamp() - s.back
         group by s.span, e.outcome;
end;
$$;


ALTER FUNCTION private.count_attempts(p_project_ids uuid[]) OWNER TO devos_lookup;

--
-- Name: FUNCTION count_attempts(p_project_ids uuid[]); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.count_attempts(p_project_ids uuid[]) IS 'How many attempts ended in the last minute and hour, by outcome; 5,000 at the most, and exact says whether that was all.';


--
-- Name: count_creations(uuid[], jsonb, boolean); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.count_creations(p_project_ids uuid[], p_items jsonb, p_take boolean) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    v_minute constant interval := '1 minute';
    v_project record;
    v_counts boolean := false;
    v_wait interval;
begin
    -- Always in the same order: two lists for the same projects do not wait for each other in a circle.
    for v_project in
        select p.id, p.creations_per_minute as rate, sha256(convert_to('create ' || p.id, 'UTF8')) as bucket
          from public.projects p
         where p.id = any (p_project_ids) and p.creations_per_minute is not null order by p.id
    loop
        v_counts := true;
        select count(*) * v_minute / v_project.rate into v_wait
          from jsonb_array_elements(p_items) i where (i ->> 'project_id')::uuid = v_project.id;
        if v_wait > v_minute then
            perform private.fail(422, 'creation_too_large',
                format('The project takes %s tasks in a minute, and this list has more.', v_project.rate),
                'Send shorter lists, one after the other.');
        end if;
        if p_take then
            insert into private.rate_limits as l (bucket, full_at) values (v_project.bucket, clock_timestamp() + v_wait)
            on conflict (bucket) do update set full_at = greatest(l.full_at, clock_timestamp()) + v_wait;
            v_wait := '0';
        end if;
        v_wait := v_wait - v_minute + coalesce((
            select greatest('0', l.full_at - clock_timestamp()) from private.rate_limits l where l.bucket = v_project.bucket), '0');
        if v_wait > '0' then
            -- The API makes Retry-After of the hint.
            perform private.fail(429, 'creation_rate_exceeded',
                format('The project takes %s tasks in a minute.', v_project.rate),
                format('Try again in %s seconds.', ceil(extract(epoch from v_wait))));
        end if;
    end loop;
    return v_counts;
end;
$$;


ALTER FUNCTION private.count_creations(p_project_ids uuid[], p_items jsonb, p_take boolean) OWNER TO devos_jobs;

--
-- Name: FUNCTION count_creations(p_project_ids uuid[], p_items jsonb, p_take boolean); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.count_creations(p_project_ids uuid[], p_items jsonb, p_take boolean) IS 'Whether any of these projects limits how many tasks are created in it, and a refusal where the items are too many for it now.
Before the work that is a look; with p_take they are counted, behind a lock that is held until the end and so taken last.
PT422 creation_too_large, PT429 creation_rate_exceeded.';


--
-- Name: count_down(uuid[], integer[]); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.count_down(p_ids uuid[], p_numbers integer[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_resumed uuid[];
    v_projects uuid[];
    v_hints jsonb[];
begin
    -- In one order everywhere: whoever frees the same tasks at once waits, and does not deadlock.
    perform from public.tasks t where t.id = any (p_ids) order by t.id for no key update;
    select coalesce(array_agg(t.id), '{}'), array_agg(t.project_id) into v_resumed, v_projects
      from unnest(p_ids, p_numbers) as f (id, number)
      join public.tasks t on t.id = f.id and t.blocked_reason = 'predecessor' and t.open_dependencies = f.number;
    -- Counted down, never counted anew: two predecessors that end at once do not see each other.
    with fewer as (
        update public.tasks t
           set open_dependencies = t.open_dependencies - f.number, updated_at = statement_timestamp(),
               state = case when t.id = any (v_resumed) then 'pending' else t.state end,
               blocked_reason = case when t.id = any (v_resumed) then null else t.blocked_reason end
          from unnest(p_ids, p_numbers) as f (id, number)
         where t.id = f.id
        returning t.kind, t.open_dependencies = 0 and t.state = 'pending' as ready
    )
    select array_agg(distinct jsonb_build_object('kind', f.kind)) filter (where f.ready) into v_hints from fewer f;
    if v_hints is not null then
        perform private.enqueue('tasks.ready', v_hints);
    end if;
    if v_projects is not null then
        perform private.emit_each(array_fill('task.resumed'::text, array[cardinality(v_resumed)]), v_projects, v_resumed,
            array_fill('{"reason": "predecessor"}'::jsonb, array[cardinality(v_resumed)]));
    end if;
end;
$$;


ALTER FUNCTION private.count_down(p_ids uuid[], p_numbers integer[]) OWNER TO devos_api;

--
-- Name: FUNCTION count_down(p_ids uuid[], p_numbers integer[]); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.count_down(p_ids uuid[], p_numbers integer[]) IS 'So many dependencies of these tasks are settled or gone: those without one may be claimed, and those blocked for one go on.';


--
-- Name: count_queue(uuid[]); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.count_queue(p_project_ids uuid[]) RETURNS TABLE(kind text, place text, reason text, tasks bigint, oldest timestamp with time zone, exact boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- For each lane or kind, so that a queue of a million costs what one of five thousand does.
    v_most constant integer := (
        select greatest(100, least(5000, 5000 / greatest(count(*), 1))) from public.lanes l
         where l.project_id = any (p_project_ids));
begin
    return query
        with found as (
            select l.kind, 'due' as place, null::text as reason, c.tasks, null::timestamptz as oldest
              from public.lanes l
             cross join lateral (
                select count(*) as tasks
                  from (select from generate_series(1, 4) as p (priority)
                         cross join lateral (
                            select from public.tasks t
                             where t.lane_id = l.id and t.queue_priority = p.priority and t.state = 'pending'
                               and t.open_dependencies = 0 and t.run_at <= statement_timestamp()
                             order by t.run_at limit v_most) d
                         limit v_most) q) c
             where l.project_id = any (p_project_ids)
            union all
            select l.kind, 'due', null, 0, o.run_at
              from public.lanes l cross join generate_series(1, 4) as p (priority)
             cross join lateral (
                select t.run_at from public.tasks t
                 where t.lane_id = l.id and t.queue_priority = p.priority and t.state = 'pending'
                   and t.open_dependencies = 0 and t.run_at <= statement_timestamp()
                 order by t.run_at limit 1) o
             where l.project_id = any (p_project_ids)
            union all
            select l.kind, 'delayed', null, c.tasks, null
              from public.lanes l
             cross join lateral (
                select count(*) as tasks
                  from (select from generate_series(1, 4) as p (priority)
                         cross join lateral (
                            select from public.tasks t
                             where t.lane_id = l.id and t.queue_priority = p.priority and t.state = 'pending'
                               and t.open_dependencies = 0 and t.run_at > statement_timestamp()
                             limit v_most) d
                         limit v_most) q) c
             where l.project_id = any (p_project_ids)
            union all
            select w.kind, 'waiting', null, count(*), null
              from unnest(p_project_ids) as p (id)
             cross join lateral (
                select t.kind from public.tasks t
                 where t.project_id = p.id and t.state = 'pending' and t.open_dependencies > 0 limit v_most) w
             group by p.id, w.kind
            union all
            -- Counted in the index of lists; only of what is held or blocked the rows are read. A range, in order: only that
            -- index gives both, whatever the statistics say of the states.
            select k.kind, s.state::text, null, c.tasks, null
              from (select distinct l.project_id, l.kind from public.lanes l where l.project_id = any (p_project_ids)) k
             cross join unnest('{needs_qa,failed}'::public.task_state[]) as s (state)
             cross join lateral (
                select count(*) as tasks
                  from (select from public.tasks t
                         where t.project_id = k.project_id and t.kind = k.kind and t.state between s.state and s.state
                         order by t.state, t.priority, t.id limit v_most) q) c
            union all
            select k.kind, case when h.lease_expires_at <= statement_timestamp() then 'expired' else s.state::text end,
                   h.blocked_reason, count(*), null
              from (select distinct l.project_id, l.kind from public.lanes l where l.project_id = any (p_project_ids)) k
             cross join unnest('{running,blocked}'::public.task_state[]) as s (state)
             cross join lateral (
                select t.blocked_reason, t.lease_expires_at from public.tasks t
                 where t.project_id = k.project_id and t.kind = k.kind and t.state between s.state and s.state
                 order by t.state, t.priority, t.id limit v_most) h
             group by k.project_id, 1, 2, 3
        )
        select f.kind, f.place, f.reason, sum(f.tasks)::bigint, min(f.oldest), bool_and(f.tasks < v_most)
          from found f group by f.kind, f.place, f.reason having sum(f.tasks) > 0;
end;
$$;


ALTER FUNCTION private.count_queue(p_project_ids uuid[]) OWNER TO devos_lookup;

--
-- Name: FUNCTION count_queue(p_project_ids uuid[]); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.count_queue(p_project_ids uuid[]) IS 'How many tasks of these projects are due, delayed, waiting for others, running, expired, blocked, in QA or failed, by kind. Counts
stop where they would take long: exact says whether one did. The caller names the projects that it may see.';


--
-- Name: limits; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.limits (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL,
    scope text NOT NULL,
    kind text,
    max_running integer,
    rate_count integer,
    rate_seconds integer,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT limits_kind_format CHECK ((kind ~ '^[a-z][a-z0-9_.-]{0,63}$'::text)),
    CONSTRAINT limits_limit_something CHECK (((max_running IS NOT NULL) OR (rate_count IS NOT NULL))),
    CONSTRAINT limits_max_running_range CHECK (((max_running >= 0) AND (max_running <= 10000))),
    CONSTRAINT limits_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT limits_rate_is_whole CHECK (((rate_count IS NULL) = (rate_seconds IS NULL))),
    CONSTRAINT limits_rate_range CHECK ((((rate_count >= 1) AND (rate_count <= 1000)) AND ((rate_seconds >= 1) AND (rate_seconds <= 86400)))),
    CONSTRAINT limits_scope CHECK (
CASE scope
    WHEN 'project'::text THEN (kind IS NULL)
    WHEN 'kind'::text THEN (kind IS NOT NULL)
    WHEN 'key'::text THEN true
    ELSE false
END)
);

ALTER TABLE ONLY public.limits FORCE ROW LEVEL SECURITY;


ALTER TABLE public.limits OWNER TO devos_owner;

--
-- Name: TABLE limits; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.limits IS 'How many tasks of a project, of a kind or of each concurrency key may run at once, or begin in any span of so many seconds.';


--
-- Name: count_running(public.limits, text, integer); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.count_running(p_limit public.limits, p_key text, p_most integer) RETURNS integer
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if p_limit.scope = 'key' then
        return (select count(*) from (
            select from public.tasks t
             where t.project_id = p_limit.project_id and t.concurrency_key = p_key and t.state = 'running'
               and (p_limit.kind is null or t.kind = p_limit.kind) limit p_most) r);
    end if;
    return (select count(*) from (
        select from (select p_limit.kind where p_limit.kind is not null
                     union all
                     select private.kinds_in(p_limit.project_id) where p_limit.kind is null) as k (kind)
         cross join lateral (
            select from public.tasks t
             where t.project_id = p_limit.project_id and t.kind = k.kind and t.state between 'running' and 'running'
             order by t.state, t.priority, t.id limit p_most) r
         limit p_most) r);
end;
$$;


ALTER FUNCTION private.count_running(p_limit public.limits, p_key text, p_most integer) OWNER TO devos_jobs;

--
-- Name: FUNCTION count_running(p_limit public.limits, p_key text, p_most integer); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.count_running(p_limit public.limits, p_key text, p_most integer) IS 'How many tasks that a limit counts are running, under a key where it is one on keys; no further than p_most. They are counted and
not kept in a counter: whatever ends a lease makes room.';


--
-- Name: count_tasks(uuid[], integer); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.count_tasks(p_project_ids uuid[], p_most integer) RETURNS TABLE(kind text, state public.task_state, count integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select k.kind, s.state, sum(c.found)::integer
      from (select distinct l.project_id, l.kind from public.lanes l where l.project_id = any (p_project_ids)) k
     cross join unnest(enum_range(null::public.task_state)) as s (state)
     cross join lateral (
        select count(*) as found
          from (select from public.tasks t
                 where t.project_id = k.project_id and t.kind = k.kind and t.state = s.state limit p_most) counted) c
     group by k.kind, s.state having sum(c.found) > 0
     order by k.kind, s.state
$$;


ALTER FUNCTION private.count_tasks(p_project_ids uuid[], p_most integer) OWNER TO devos_lookup;

--
-- Name: FUNCTION count_tasks(p_project_ids uuid[], p_most integer); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.count_tasks(p_project_ids uuid[], p_most integer) IS 'How many tasks of these projects there are by kind and state; of one project it counts no further than p_most each.';


--
-- Name: create_admin(text, text); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.create_admin(p_email text, p_encrypted_password text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid := private.new_id();
    v_email text := private.normal_email(p_email);
begin
    if v_email is null then
        return 'invalid_email';
    end if;
    insert into auth.users (id, email, encrypted_password, email_confirmed_at)
    values (v_id, v_email, p_encrypted_password, statement_timestamp())
    on conflict do nothing;
    if not found then
        return 'exists';
    end if;
    update public.user_roles set role = 'admin' where user_id = v_id;
    perform private.audit('admin.create', null, v_id, jsonb_build_object('email', v_email));
    return 'created';
end;
$$;


ALTER FUNCTION private.create_admin(p_email text, p_encrypted_password text) OWNER TO devos_api;

--
-- Name: FUNCTION create_admin(p_email text, p_encrypted_password text); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.create_admin(p_email text, p_encrypted_password text) IS 'Operator: a further admin with a password. created, or exists, invalid_email. Granted to no one.';


--
-- Name: create_invited(text, text, jsonb, boolean); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.create_invited(p_email text, p_provider text, p_profile jsonb, p_open boolean) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid := private.new_id();
    v_invitations uuid[] := array(select private.open_invitations(p_email));
    v_invitation uuid;
begin
    if not p_open and cardinality(v_invitations) = 0 then
        return null;
    end if;
    insert into auth.users (id, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
    values (v_id, p_email, statement_timestamp(),
        jsonb_build_object('provider', p_provider, 'providers', jsonb_build_array(p_provider)), p_profile);
    -- The new person acts for a moment: what an invitation gives, it gives to whom it was written to.
    perform set_config('request.jwt.claims', format('{"role":"authenticated","sub":"%s"}', v_id), true);
    perform private.audit('person.sign_up', null, v_id, jsonb_build_object('email', p_email, 'provider', p_provider));
    foreach v_invitation in array v_invitations loop
        perform private.use_invitation(v_invitation);
    end loop;
    perform set_config('request.jwt.claims', '', true);
    return v_id;
end;
$$;


ALTER FUNCTION private.create_invited(p_email text, p_provider text, p_profile jsonb, p_open boolean) OWNER TO devos_api;

--
-- Name: FUNCTION create_invited(p_email text, p_provider text, p_profile jsonb, p_open boolean); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.create_invited(p_email text, p_provider text, p_profile jsonb, p_open boolean) IS 'A new account for an e-mail that a provider verified, with what its open invitations promise; null when it has none and sign-up is not open.';


--
-- Name: create_tasks_once(text, text, text, text, bytea, jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.create_tasks_once(p_claims text, p_caller text, p_route text, p_key text, p_body_digest bytea, p_items jsonb) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    v_answer json;
begin
    if p_key is not null then
        v_answer := private.recall_answer(p_caller, p_route, p_key, p_body_digest);
        if v_answer is not null then
            return v_answer;
        end if;
    end if;
    -- From here on the policies see this caller, as they would if the request had come with its role.
    perform set_config('request.jwt.claims', p_claims, true);
    if p_claims::jsonb ->> 'role' is distinct from 'authenticated' then
        raise insufficient_privilege using message = 'permission denied for function create_tasks';
    end if;
    select json_agg(a) into v_answer
      from (select t.id, t.project_id, t.kind, t.title, t.description, t.state, private.priority_name(t.priority) as priority,
                   t.required_capabilities, t.input, t.output, t.checkpoint, t.progress, t.progress_note, t.attempt,
                   t.retry_count, t.max_retries,
                   json_build_object('base_seconds', t.retry_base_seconds, 'cap_seconds', t.retry_cap_seconds) as retry_policy,
                   t.postponed, t.last_error, t.blocked_reason, t.run_at, t.agent_id, t.assigned_agent_id, t.concurrency_key, t.parent_task_id,
                   t.open_dependencies, t.lease_expires_at, t.cancel_requested_at, t.cancel_reason, t.tags, t.related_task_ids,
                   t.timeout_seconds, t.resource_requirements, t.expected_artifacts, t.acceptance, t.version, t.created_at,
                   t.updated_at, t.started_at, t.finished_at
              from public.create_tasks(p_items) t) a;
    if p_key is not null then
        perform private.remember_answer(p_caller, p_route, p_key, v_answer);
    end if;
    return v_answer;
end;
$$;


ALTER FUNCTION private.create_tasks_once(p_claims text, p_caller text, p_route text, p_key text, p_body_digest bytea, p_items jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION create_tasks_once(p_claims text, p_caller text, p_route text, p_key text, p_body_digest bytea, p_items jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.create_tasks_once(p_claims text, p_caller text, p_route text, p_key text, p_body_digest bytea, p_items jsonb) IS 'create_tasks in one trip, as the caller of these claims: under an idempotency key, unless that is null. The tasks as the API shows them.';


--
-- Name: describe_session(uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.describe_session(p_session_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object(
               'session_id', s.id,
               'issued_at', floor(extract(epoch from statement_timestamp()))::bigint,
               'expires_at', floor(extract(epoch from least(statement_timestamp() + interval '10 minutes', s.not_after)))::bigint,
               'user', private.describe_user(s.user_id))
      from auth.sessions s
     where s.id = p_session_id
$$;


ALTER FUNCTION private.describe_session(p_session_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION describe_session(p_session_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.describe_session(p_session_id uuid) IS 'What an access token of a session says: whose it is, and for which ten minutes, in Unix seconds.';


--
-- Name: describe_user(uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.describe_user(p_user_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object(
               'id', u.id, 'aud', u.aud, 'role', u.role, 'email', u.email, 'phone', '',
               'email_confirmed_at', u.email_confirmed_at, 'confirmed_at', u.email_confirmed_at,
               'last_sign_in_at', u.last_sign_in_at,
               'app_metadata', '{"provider": "email", "providers": ["email"]}' || u.raw_app_meta_data,
               'user_metadata', u.raw_user_meta_data,
               'identities', (
                   select coalesce(jsonb_agg(jsonb_build_object(
                              'identity_id', i.id, 'id', i.provider_id, 'user_id', i.user_id, 'provider', i.provider,
                              'identity_data', i.identity_data, 'last_sign_in_at', i.last_sign_in_at,
                              'created_at', i.created_at, 'updated_at', i.updated_at) order by i.created_at, i.id), '[]')
                     from auth.identities i where i.user_id = u.id),
               'created_at', u.created_at, 'updated_at', u.updated_at, 'is_anonymous', false)
      from auth.users u
     where u.id = p_user_id
$$;


ALTER FUNCTION private.describe_user(p_user_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION describe_user(p_user_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.describe_user(p_user_id uuid) IS 'A person in the shape that Supabase clients know.';


--
-- Name: due_schedules(integer); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.due_schedules(p_limit integer DEFAULT 50) RETURNS TABLE(id uuid, project_id uuid, version integer, cron text, time_zone text, missed_runs text, task jsonb, planned_from timestamp with time zone, next_run_at timestamp with time zone, read_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select s.id, s.project_id, s.version, s.cron, s.time_zone, s.missed_runs, s.task, s.planned_from, s.next_run_at,
           statement_timestamp()
      from public.schedules s
     where not s.is_paused and coalesce(s.next_run_at, '-infinity') <= statement_timestamp()
     order by coalesce(s.next_run_at, '-infinity') limit p_limit
$$;


ALTER FUNCTION private.due_schedules(p_limit integer) OWNER TO devos_jobs;

--
-- Name: FUNCTION due_schedules(p_limit integer); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.due_schedules(p_limit integer) IS 'Job: schedules whose next run has come, and before them those that have no next run yet.';


--
-- Name: due_topics(text[]); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.due_topics(p_topics text[]) RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select array(
        select t from unnest(p_topics) as t
         where exists (
            select from private.outbox o
             where o.topic = t and o.gave_up_at is null and o.run_at <= statement_timestamp()))
$$;


ALTER FUNCTION private.due_topics(p_topics text[]) OWNER TO devos_jobs;

--
-- Name: FUNCTION due_topics(p_topics text[]); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.due_topics(p_topics text[]) IS 'Job: of which of these topics there is something to deliver. One look for all of them, ten times a second.';


--
-- Name: emit(text, uuid, uuid, jsonb); Type: FUNCTION; Schema: private; Owner: devos_journal
--

CREATE FUNCTION private.emit(p_type text, p_project_id uuid, p_subject_id uuid, p_data jsonb DEFAULT '{}'::jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select private.emit_each(array[p_type], array[p_project_id], array[p_subject_id], array[p_data])
$$;


ALTER FUNCTION private.emit(p_type text, p_project_id uuid, p_subject_id uuid, p_data jsonb) OWNER TO devos_journal;

--
-- Name: FUNCTION emit(p_type text, p_project_id uuid, p_subject_id uuid, p_data jsonb); Type: COMMENT; Schema: private; Owner: devos_journal
--

COMMENT ON FUNCTION private.emit(p_type text, p_project_id uuid, p_subject_id uuid, p_data jsonb) IS 'Append one event; the actor is taken from the request.';


--
-- Name: emit_each(text[], uuid[], uuid[], jsonb[]); Type: FUNCTION; Schema: private; Owner: devos_journal
--

CREATE FUNCTION private.emit_each(p_types text[], p_project_ids uuid[], p_subject_ids uuid[], p_data jsonb[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_actor jsonb := private.actor();
begin
    insert into public.events (type, project_id, subject_id, actor_kind, actor_id, data)
    select e.type, e.project_id, e.subject_id, v_actor ->> 'kind', (v_actor ->> 'id')::uuid, coalesce(e.data, '{}')
      from unnest(p_types, p_project_ids, p_subject_ids, p_data) as e (type, project_id, subject_id, data);
end;
$$;


ALTER FUNCTION private.emit_each(p_types text[], p_project_ids uuid[], p_subject_ids uuid[], p_data jsonb[]) OWNER TO devos_journal;

--
-- Name: FUNCTION emit_each(p_types text[], p_project_ids uuid[], p_subject_ids uuid[], p_data jsonb[]); Type: COMMENT; Schema: private; Owner: devos_journal
--

COMMENT ON FUNCTION private.emit_each(p_types text[], p_project_ids uuid[], p_subject_ids uuid[], p_data jsonb[]) IS 'Append one event per subject, in one statement; the actor is taken from the request.';


--
-- Name: end_cancelled_leases(); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.end_cancelled_leases() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_error constant jsonb := '{"code": "cancel_ignored", "message": "The task was cancelled, and its agent did not stop in time."}';
    v_ids uuid[];
    v_projects uuid[];
    v_data jsonb[];
begin
    with late as (
        select t.id, t.agent_id, t.lease_token
          from public.tasks t join public.projects p on p.id = t.project_id
         where t.state = 'running' and t.cancel_requested_at is not null
           and t.cancel_requested_at <= statement_timestamp() - p.cancel_grace_seconds * interval '1 second'
         order by t.cancel_requested_at limit 1000 for update of t skip locked
    ), ended as (
        update public.tasks t
           set state = 'cancelled', last_error = v_error, finished_at = statement_timestamp(), updated_at = statement_timestamp(),
               lease_token = null, lease_expires_at = null, agent_id = null, lease_seconds = null
          from late l
         where t.id = l.id and t.lease_token = l.lease_token
        returning t.id, t.project_id, t.attempt, t.started_at, l.agent_id, l.lease_token
    ), kept as (
        insert into public.task_attempts (task_id, attempt, project_id, agent_id, lease_token, outcome, error, started_at)
        select e.id, e.attempt, e.project_id, e.agent_id, e.lease_token, 'cancelled', v_error, e.started_at from ended e
    )
    select array_agg(e.id), array_agg(e.project_id), array_agg(jsonb_build_object('attempt', e.attempt, 'error', v_error))
      into v_ids, v_projects, v_data
      from ended e;
    if v_ids is null then
        return 0;
    end if;
    perform private.emit_each(array_fill('task.cancelled'::text, array[cardinality(v_ids)]), v_projects, v_ids, v_data);
    perform private.settle_dependents(v_ids);
    perform private.wake_limited(array(select distinct t.project_id from public.tasks t where t.id = any (v_ids) and t.is_limited));
    return cardinality(v_ids);
end;
$$;


ALTER FUNCTION private.end_cancelled_leases() OWNER TO devos_jobs;

--
-- Name: FUNCTION end_cancelled_leases(); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.end_cancelled_leases() IS 'Take cancelled tasks from agents that go on past the grace of the project. Returns how many.';


--
-- Name: end_leases(uuid, uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.end_leases(p_agent_id uuid, p_project_id uuid) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- They pass, as they would when the agent fell silent; the reaper does the rest.
    update public.tasks t set lease_expires_at = statement_timestamp(), updated_at = statement_timestamp()
     where t.agent_id = p_agent_id and t.state = 'running' and t.lease_expires_at > statement_timestamp()
       and (p_project_id is null or t.project_id = p_project_id)
$$;


ALTER FUNCTION private.end_leases(p_agent_id uuid, p_project_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION end_leases(p_agent_id uuid, p_project_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.end_leases(p_agent_id uuid, p_project_id uuid) IS 'The living leases of an agent pass now: in one project, or in all when it is null.';


--
-- Name: enqueue(text, jsonb[]); Type: FUNCTION; Schema: private; Owner: devos_journal
--

CREATE FUNCTION private.enqueue(p_topic text, p_payloads jsonb[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into private.outbox (topic, payload) select p_topic, p from unnest(p_payloads) p
$$;


ALTER FUNCTION private.enqueue(p_topic text, p_payloads jsonb[]) OWNER TO devos_journal;

--
-- Name: FUNCTION enqueue(p_topic text, p_payloads jsonb[]); Type: COMMENT; Schema: private; Owner: devos_journal
--

COMMENT ON FUNCTION private.enqueue(p_topic text, p_payloads jsonb[]) IS 'What must leave the database when this transaction commits.';


--
-- Name: ensure_admin(text, text); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.ensure_admin(p_email text, p_encrypted_password text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid := private.new_id();
begin
    lock table auth.users in share row exclusive mode;
    if exists (select from auth.users) then
        return false;
    end if;
    insert into auth.users (id, email, encrypted_password, email_confirmed_at)
    values (v_id, private.normal_email(p_email), p_encrypted_password, statement_timestamp());
    update public.user_roles set role = 'admin' where user_id = v_id;
    perform private.audit('admin.create', null, v_id, jsonb_build_object('email', p_email));
    return true;
end;
$$;


ALTER FUNCTION private.ensure_admin(p_email text, p_encrypted_password text) OWNER TO devos_api;

--
-- Name: FUNCTION ensure_admin(p_email text, p_encrypted_password text); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.ensure_admin(p_email text, p_encrypted_password text) IS 'Deploy: the first person of an empty installation, an admin. False when there are people already. Granted to no one.';


--
-- Name: ensure_lanes(jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.ensure_lanes(p_items jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
    v_new bigint[];
begin
    if jsonb_path_exists(p_items, '$[*].concurrency_key ? (@ != null)') then
        -- The lanes of keys are swept: one that is there now stays until this transaction has ended.
        perform from public.lanes l
          where (l.project_id, l.concurrency_key) in (
            select i.project_id, i.concurrency_key
              from jsonb_to_recordset(p_items) as i (project_id uuid, concurrency_key text) where i.concurrency_key is not null)
          order by l.id for key share;
    end if;
    if not exists (
        -- Most lists are for one lane.
        select from (
               select distinct i.* from jsonb_to_recordset(p_items) as i (
                   project_id uuid, kind text, required_capabilities text[], assigned_agent_id uuid, concurrency_key text)) i
         where not exists (
            select from public.lanes l
             where l.project_id = i.project_id and l.kind = i.kind
               and l.required_capabilities = private.normal_capabilities(i.required_capabilities)
               and l.assigned_agent_id is not distinct from i.assigned_agent_id
               and l.concurrency_key is not distinct from i.concurrency_key)
    ) then
        return;
    end if;
    perform private.lock_lanes();
    with born as (
        insert into public.lanes (project_id, kind, required_capabilities, assigned_agent_id, concurrency_key, is_limited)
        select i.*, exists (
                   select from public.limits m
                    where m.project_id = i.project_id and (m.kind is null or m.kind = i.kind)
                      and (m.scope <> 'key' or i.concurrency_key is not null))
          from (select distinct i.project_id, i.kind, private.normal_capabilities(i.required_capabilities), i.assigned_agent_id,
                       k.concurrency_key
                  from jsonb_to_recordset(p_items) as i (
                           project_id uuid, kind text, required_capabilities text[], assigned_agent_id uuid,
                           concurrency_key text)
                 -- Each with the lane that has no key: hints of both go there.
                 cross join lateral (values (i.concurrency_key), (null)) as k (concurrency_key)) i
        on conflict do nothing
        returning id
    )
    select array_agg(id) into v_new from born;
    perform private.match_lanes(null, v_new) where v_new is not null;
end;
$_$;


ALTER FUNCTION private.ensure_lanes(p_items jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION ensure_lanes(p_items jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.ensure_lanes(p_items jsonb) IS 'Every item of a creation has its lane, and every new lane its agents.';


--
-- Name: enter_by_identity(text, text, text, jsonb, boolean); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.enter_by_identity(p_provider text, p_provider_id text, p_email text, p_profile jsonb, p_open boolean) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION private.enter_by_identity(p_provider text, p_provider_id text, p_email text, p_profile jsonb, p_open boolean) OWNER TO devos_api;

--
-- Name: FUNCTION enter_by_identity(p_provider text, p_provider_id text, p_email text, p_profile jsonb, p_open boolean); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.enter_by_identity(p_provider text, p_provider_id text, p_email text, p_profile jsonb, p_open boolean) IS 'Whose account an identity at a provider opens: its own; else the confirmed one of its verified e-mail, which it is then linked to; else a new one.';


--
-- Name: enter_rooms(text[]); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.enter_rooms(p_rooms text[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- Made or locked, always in the same order: nobody who waits here holds what the one in front wants next.
    insert into private.limit_rooms as r (limit_id, concurrency_key)
    select left(e.room, 36)::uuid, substr(e.room, 38) from unnest(p_rooms) as e (room) order by 1, 2
    on conflict (limit_id, concurrency_key) do update set starts = r.starts where false
$$;


ALTER FUNCTION private.enter_rooms(p_rooms text[]) OWNER TO devos_jobs;

--
-- Name: FUNCTION enter_rooms(p_rooms text[]); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.enter_rooms(p_rooms text[]) IS 'Lock these rooms until the transaction ends: who counts in one is alone in it.';


--
-- Name: examine_queue(); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.examine_queue() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object(
        'outbox', (
            select jsonb_build_object('waiting', count(*) filter (where o.gave_up_at is null),
                       'oldest_seconds', extract(epoch from statement_timestamp() - min(o.created_at) filter (where o.gave_up_at is null)),
                       'gave_up', count(*) filter (where o.gave_up_at is not null))
              from (select x.created_at, x.gave_up_at from private.outbox x order by x.id limit 10000) o),
        'stuck', (
            select count(*)
              from (select from public.tasks t
                     where t.state = 'running' and t.lease_expires_at < statement_timestamp() - interval '5 seconds' limit 10000) t),
        'tables', (
            select jsonb_agg(jsonb_build_object('name', s.relname, 'rows', s.n_live_tup, 'dead_rows', s.n_dead_tup,
                       'bytes', pg_total_relation_size(s.relid), 'vacuumed_at', greatest(s.last_autovacuum, s.last_vacuum))
                       order by s.relname)
              from pg_catalog.pg_stat_user_tables s
             where s.schemaname in ('public', 'private')
               and s.relname in ('tasks', 'task_attempts', 'events', 'outbox', 'agent_heartbeats', 'idempotency_keys')))
$$;


ALTER FUNCTION private.examine_queue() OWNER TO devos_jobs;

--
-- Name: FUNCTION examine_queue(); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.examine_queue() IS 'What an operator looks at: the outbox, leases that nobody has taken back, and how the hot tables are vacuumed.';


--
-- Name: fail(integer, text, text, text); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.fail(p_status integer, p_code text, p_message text, p_hint text DEFAULT ''::text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    raise exception using
        errcode = 'PT' || p_status, message = p_message, detail = p_code, hint = p_hint;
end;
$$;


ALTER FUNCTION private.fail(p_status integer, p_code text, p_message text, p_hint text) OWNER TO devos_api;

--
-- Name: FUNCTION fail(p_status integer, p_code text, p_message text, p_hint text); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.fail(p_status integer, p_code text, p_message text, p_hint text) IS 'Refuse: SQLSTATE PT + HTTP status (PostgREST''s convention), the machine code in DETAIL, the next step in HINT.';


--
-- Name: failed_dependents(uuid[]); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.failed_dependents(p_ids uuid[]) RETURNS uuid[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
begin
    return array(
        with recursive hit as (
            select u.id from unnest(p_ids) as u (id)
            union
            select t.id
              from hit h
             -- The offset as in waits_for_itself.
             cross join lateral (
                select d.task_id as id from public.task_dependencies d
                 where d.depends_on_id = h.id and d.settled_at is null offset 0) d
              join public.tasks t on t.id = d.id
               and (t.state = 'failed' and t.last_error ->> 'code' = 'predecessor_failed' or t.blocked_reason = 'predecessor')
        )
        select h.id from hit h where h.id <> all (p_ids));
end;
$$;


ALTER FUNCTION private.failed_dependents(p_ids uuid[]) OWNER TO devos_api;

--
-- Name: FUNCTION failed_dependents(p_ids uuid[]); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.failed_dependents(p_ids uuid[]) IS 'What failed or is blocked because these tasks failed, and because those did in turn.';


--
-- Name: feed_position(); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.feed_position() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- What is running, and what begins, has later transaction ids: nothing appears at this cursor or before it any more.
    select coalesce(
        (select e.xid || '.' || e.id from public.events e
          where e.xid < pg_snapshot_xmin(pg_current_snapshot())
          order by e.xid desc, e.id desc limit 1),
        '0.0')
$$;


ALTER FUNCTION private.feed_position() OWNER TO devos_lookup;

--
-- Name: FUNCTION feed_position(); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.feed_position() IS 'The cursor of the last event before which nothing is still to come.';


--
-- Name: pull_request_feedback; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.pull_request_feedback (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    repository_id uuid NOT NULL,
    task_id uuid NOT NULL,
    key text NOT NULL,
    number integer NOT NULL,
    kind text NOT NULL,
    content jsonb NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    external_id text,
    error text,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    sent_at timestamp with time zone,
    CONSTRAINT pull_request_feedback_content CHECK (COALESCE(((jsonb_typeof(content) = 'object'::text) AND
CASE kind
    WHEN 'comment'::text THEN ((char_length((content ->> 'body'::text)) >= 1) AND (char_length((content ->> 'body'::text)) <= 60000))
    WHEN 'status'::text THEN (((content ->> 'sha'::text) ~ '^[0-9a-f]{40}([0-9a-f]{24})?$'::text) AND ((content ->> 'state'::text) = ANY (ARRAY['pending'::text, 'success'::text, 'failure'::text, 'error'::text])) AND ((char_length((content ->> 'context'::text)) >= 1) AND (char_length((content ->> 'context'::text)) <= 100)) AND COALESCE((char_length((content ->> 'description'::text)) <= 140), true))
    ELSE true
END), false)),
    CONSTRAINT pull_request_feedback_key_length CHECK (((char_length(key) >= 1) AND (char_length(key) <= 200))),
    CONSTRAINT pull_request_feedback_kind CHECK ((kind = ANY (ARRAY['comment'::text, 'status'::text]))),
    CONSTRAINT pull_request_feedback_number_positive CHECK ((number > 0))
);

ALTER TABLE ONLY public.pull_request_feedback FORCE ROW LEVEL SECURITY;


ALTER TABLE public.pull_request_feedback OWNER TO devos_owner;

--
-- Name: TABLE pull_request_feedback; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.pull_request_feedback IS 'Comments and statuses that agents asked to post; each is posted once.';


--
-- Name: feedback_answer(public.pull_request_feedback); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.feedback_answer(p_feedback public.pull_request_feedback) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object(
        'id', p_feedback.id, 'task_id', p_feedback.task_id, 'key', p_feedback.key, 'number', p_feedback.number,
        'kind', p_feedback.kind, 'state', p_feedback.state, 'external_id', p_feedback.external_id,
        'error', p_feedback.error, 'created_at', p_feedback.created_at, 'sent_at', p_feedback.sent_at)
$$;


ALTER FUNCTION private.feedback_answer(p_feedback public.pull_request_feedback) OWNER TO devos_api;

--
-- Name: FUNCTION feedback_answer(p_feedback public.pull_request_feedback); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.feedback_answer(p_feedback public.pull_request_feedback) IS 'Feedback as the API shows it.';


--
-- Name: invitations; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.invitations (
    id uuid NOT NULL,
    email text NOT NULL,
    role public.app_role DEFAULT 'viewer'::public.app_role NOT NULL,
    team_id uuid,
    project_id uuid,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    accepted_by uuid,
    revoked_at timestamp with time zone,
    CONSTRAINT invitations_email_format CHECK (((email ~ '^[^\s@]+@[^\s@]+$'::text) AND (char_length(email) <= 320) AND (email = lower(email))))
);

ALTER TABLE ONLY public.invitations FORCE ROW LEVEL SECURITY;


ALTER TABLE public.invitations OWNER TO devos_owner;

--
-- Name: TABLE invitations; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.invitations IS 'Who was asked to come in, with which role, to which team or project.';


--
-- Name: find_invitation(text, bytea); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.find_invitation(p_token_id text, p_token_hash bytea) RETURNS public.invitations
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select i
      from private.token_hashes h
      join public.invitations i on i.id = h.token_id
     where h.id = p_token_id and h.hash = p_token_hash and h.kind = 'invitation'
       and i.accepted_at is null and i.revoked_at is null and i.expires_at > statement_timestamp()
       and private.may_invite(i.created_by, i.role, i.team_id, i.project_id)
$$;


ALTER FUNCTION private.find_invitation(p_token_id text, p_token_hash bytea) OWNER TO devos_lookup;

--
-- Name: FUNCTION find_invitation(p_token_id text, p_token_hash bytea); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.find_invitation(p_token_id text, p_token_hash bytea) IS 'The open invitation that a token shows; null when there is none, or who asked may no longer do so.';


--
-- Name: find_login(text); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.find_login(p_email text) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object('id', u.id, 'email', u.email, 'encrypted_password', u.encrypted_password)
      from auth.users u
     where lower(u.email) = private.normal_email(p_email) and u.deleted_at is null
       and coalesce(u.banned_until <= statement_timestamp(), true)
$$;


ALTER FUNCTION private.find_login(p_email text) OWNER TO devos_lookup;

--
-- Name: FUNCTION find_login(p_email text); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.find_login(p_email text) IS 'For the login alone: id, e-mail and password hash of a person; null for an unknown one.';


--
-- Name: find_people(uuid[], integer, uuid); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.find_people(p_ids uuid[], p_limit integer, p_after uuid DEFAULT NULL::uuid) RETURNS TABLE(id uuid, email text, role public.app_role, is_active boolean, created_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select u.id, u.email, r.role, coalesce(u.banned_until <= statement_timestamp(), true), u.created_at
      from auth.users u
      left join public.user_roles r on r.user_id = u.id
     where ((select public.get_my_role()) = 'admin' or u.id = any ((select private.my_people_ids())::uuid[]))
       and u.deleted_at is null
       and (p_ids is null or u.id = any (p_ids))
       and (p_after is null or u.id > p_after)
     order by u.id limit least(p_limit, 1001)
$$;


ALTER FUNCTION private.find_people(p_ids uuid[], p_limit integer, p_after uuid) OWNER TO devos_lookup;

--
-- Name: FUNCTION find_people(p_ids uuid[], p_limit integer, p_after uuid); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.find_people(p_ids uuid[], p_limit integer, p_after uuid) IS 'The people that the caller sees, by id; of these ids, unless they are null. The one place that shows e-mail addresses.';


--
-- Name: repositories; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.repositories (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    forge text NOT NULL,
    external_id text NOT NULL,
    full_name text NOT NULL,
    clone_url text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT repositories_clone_url_format CHECK (((clone_url ~ '^(https|file)://[^[:cntrl:][:space:]]+$'::text) AND (char_length(clone_url) <= 1000))),
    CONSTRAINT repositories_external_id_length CHECK (((char_length(external_id) >= 1) AND (char_length(external_id) <= 100))),
    CONSTRAINT repositories_forge CHECK ((forge = 'github'::text)),
    CONSTRAINT repositories_full_name_format CHECK ((full_name ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[.]{0,2}[A-Za-z0-9_-][A-Za-z0-9_.-]{0,97}$'::text))
);

ALTER TABLE ONLY public.repositories FORCE ROW LEVEL SECURITY;


ALTER TABLE public.repositories OWNER TO devos_owner;

--
-- Name: TABLE repositories; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.repositories IS 'Which project a repository of a forge belongs to, by its id there.';


--
-- Name: find_repository(text, text); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.find_repository(p_forge text, p_external_id text) RETURNS public.repositories
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select r from public.repositories r where r.forge = p_forge and r.external_id = p_external_id
$$;


ALTER FUNCTION private.find_repository(p_forge text, p_external_id text) OWNER TO devos_lookup;

--
-- Name: FUNCTION find_repository(p_forge text, p_external_id text); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.find_repository(p_forge text, p_external_id text) IS 'The repository that a forge knows by this id, in whatever project.';


--
-- Name: finish_as(text, jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.finish_as(p_action text, p_items jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_agent uuid := private.require_agent();
begin
    if coalesce(jsonb_typeof(p_items), '') <> 'array' or jsonb_array_length(p_items) not between 1 and 1000 then
        perform private.fail(422, 'invalid_items', 'Send a list of 1 to 1000 items.');
    end if;
    return private.finish_tasks(v_agent,
        (select jsonb_agg(i.item || jsonb_build_object('action',
                   -- A result that the API found wanting comes as the failure that it is.
                   case when p_action = 'complete' and i.item ->> 'action' = 'fail' then 'fail' else p_action end) order by i.nr)
           from jsonb_array_elements(p_items) with ordinality as i (item, nr)))::jsonb;
end;
$$;


ALTER FUNCTION private.finish_as(p_action text, p_items jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION finish_as(p_action text, p_items jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.finish_as(p_action text, p_items jsonb) IS 'finish_tasks for items that all want the same. PT403 agent_required, PT422 invalid_items.';


--
-- Name: finish_auth_flow(bytea, text, text, jsonb, boolean); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.finish_auth_flow(p_code_hash bytea, p_provider_id text, p_email text, p_profile jsonb, p_open boolean) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION private.finish_auth_flow(p_code_hash bytea, p_provider_id text, p_email text, p_profile jsonb, p_open boolean) OWNER TO devos_api;

--
-- Name: FUNCTION finish_auth_flow(p_code_hash bytea, p_provider_id text, p_email text, p_profile jsonb, p_open boolean); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.finish_auth_flow(p_code_hash bytea, p_provider_id text, p_email text, p_profile jsonb, p_open boolean) IS 'The provider has said who it is. {outcome: signed_in, or why not}; p_email is null unless the provider verified it.';


--
-- Name: finish_delivery(uuid, text, text, jsonb); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.finish_delivery(p_id uuid, p_state text, p_reason text DEFAULT NULL::text, p_task jsonb DEFAULT NULL::jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_delivery public.webhook_deliveries;
    v_made uuid[] := '{}';
begin
    select * into v_delivery from public.webhook_deliveries d where d.id = p_id for update;
    if not found or v_delivery.state <> 'received' then
        return jsonb_build_object('task_id', null);
    end if;
    if p_task is not null then
        v_made := private.insert_tasks(jsonb_build_array(p_task || jsonb_build_object('project_id', v_delivery.project_id)));
    end if;
    update public.webhook_deliveries d
       set state = p_state, finished_at = statement_timestamp(), task_id = v_made[1],
           reason = coalesce(p_reason, case when p_task is not null and v_made = '{}' then 'task_exists' end)
     where d.id = p_id
    returning * into v_delivery;
    perform private.emit('webhook.processed', v_delivery.project_id, v_delivery.id, jsonb_strip_nulls(jsonb_build_object(
        'delivery_id', v_delivery.delivery_id, 'state', p_state, 'reason', v_delivery.reason, 'task_id', v_made[1])));
    return jsonb_build_object('task_id', v_made[1]);
end;
$$;


ALTER FUNCTION private.finish_delivery(p_id uuid, p_state text, p_reason text, p_task jsonb) OWNER TO devos_jobs;

--
-- Name: FUNCTION finish_delivery(p_id uuid, p_state text, p_reason text, p_task jsonb); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.finish_delivery(p_id uuid, p_state text, p_reason text, p_task jsonb) IS 'Job: close a delivery and, in the same transaction, create the task it asks for, once per dedupe_key. Twice is once.';


--
-- Name: finish_feedback(uuid, text, text, text); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.finish_feedback(p_id uuid, p_state text, p_external_id text DEFAULT NULL::text, p_error text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_feedback public.pull_request_feedback;
begin
    update public.pull_request_feedback f
       set state = p_state, external_id = p_external_id, error = left(p_error, 1000),
           sent_at = case when p_state = 'sent' then statement_timestamp() end
     where f.id = p_id and f.state = 'queued'
    returning * into v_feedback;
    if found then
        perform private.emit('feedback.' || p_state, v_feedback.project_id, v_feedback.id, jsonb_strip_nulls(jsonb_build_object(
            'task_id', v_feedback.task_id, 'kind', v_feedback.kind, 'number', v_feedback.number, 'error', v_feedback.error)));
    end if;
end;
$$;


ALTER FUNCTION private.finish_feedback(p_id uuid, p_state text, p_external_id text, p_error text) OWNER TO devos_jobs;

--
-- Name: FUNCTION finish_feedback(p_id uuid, p_state text, p_external_id text, p_error text); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.finish_feedback(p_id uuid, p_state text, p_external_id text, p_error text) IS 'Job: feedback was posted, or will never be. Twice is once.';


--
-- Name: finish_outbox(bigint); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.finish_outbox(p_id bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    delete from private.outbox o where o.id = p_id
$$;


ALTER FUNCTION private.finish_outbox(p_id bigint) OWNER TO devos_jobs;

--
-- Name: FUNCTION finish_outbox(p_id bigint); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.finish_outbox(p_id bigint) IS 'Job: an outbox row has been delivered.';


--
-- Name: finish_tasks(uuid, jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.finish_tasks(p_agent_id uuid, p_items jsonb) RETURNS json
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    v_results json;
    v_numbers bigint[];
    v_ready text[];
    v_ids uuid[];
    v_projects uuid[];
    v_types text[];
    v_data jsonb[];
    v_limited uuid[];
begin
    with item as (
        -- A lease named twice in one batch is finished by its first mention.
        select distinct on (i.task_id, i.lease_token) i.*
          from rows from (jsonb_to_recordset(p_items) as (
                   task_id uuid, lease_token bigint, action text, output jsonb, error jsonb, retryable boolean,
                   retry_after_seconds integer, blocked_reason text, later boolean
               )) with ordinality as i (task_id, lease_token, action, output, error, retryable, retry_after_seconds,
                                        blocked_reason, later, nr)
         order by i.task_id, i.lease_token, i.nr
    ), done as (
        update public.tasks t
           set (state, output, last_error, blocked_reason, retry_count, postponed, run_at, queue_priority, finished_at) = (
                   select n.state,
                          case when i.action = 'complete' then coalesce(i.output, '{}') else t.output end,
                          case when i.action = 'fail' then i.error else t.last_error end,
                          case when n.state = 'blocked' then i.blocked_reason end,
                          case when n.again and not n.postponed then t.retry_count + 1 else t.retry_count end,
                          case when n.again and n.postponed then t.postponed + 1 else t.postponed end,
                          case when n.again
                              then statement_timestamp() + private.back_off(t.retry_count, t.retry_base_seconds,
                                       t.retry_cap_seconds, i.retry_after_seconds)
                              else t.run_at end,
                          -- What it has waited ended with the claim.
                          case when n.again then t.priority else t.queue_priority end,
                          case when n.state in ('completed', 'failed', 'cancelled') then statement_timestamp() end
                     from (select s.state, s.postponed, i.action = 'fail' and s.state = 'pending' as again
                             from (select p.postponed, (case
                               when t.cancel_requested_at is not null then 'cancelled'
                               when i.action = 'complete' then 'completed'
                               when i.action = 'release' then 'pending'
                               when i.blocked_reason is not null then 'blocked'
                               when p.postponed or coalesce(i.retryable, true) and t.retry_count < t.max_retries then 'pending'
                               else 'failed'
                           end)::public.task_state as state
                                     -- Later is no failure, up to a hundred times.
                                     from (select coalesce(i.later, false) and t.postponed < 100 as postponed) p) s) n),
               lease_token = null, lease_expires_at = null, agent_id = null, lease_seconds = null,
               updated_at = statement_timestamp()
          from item i
         where t.id = i.task_id and t.lease_token = i.lease_token and t.agent_id = p_agent_id
           -- By the key, whatever the statistics of a young table say of projects.
           and t.id = any (array(select k.task_id from item k))
           -- coalesce keeps the planner from the lease index: the row is found by its key.
           and coalesce(t.lease_expires_at > statement_timestamp(), false)
        returning t.id, t.project_id, t.attempt, t.state, t.started_at, t.kind, t.run_at, t.is_limited, i.lease_token, i.error, i.nr,
            (case when t.state = 'pending' and i.action = 'release' then 'released'
                  when t.state = 'pending' then 'retried' else t.state::text end)::public.attempt_outcome as outcome
    ), ended as (
        insert into public.task_attempts (task_id, attempt, project_id, agent_id, lease_token, outcome, error, started_at)
        select d.id, d.attempt, d.project_id, p_agent_id, d.lease_token, d.outcome, d.error, d.started_at from done d
    )
    select json_agg(json_build_object('task_id', d.id, 'outcome', d.outcome, 'state', d.state) order by d.nr),
           array_agg(d.nr order by d.nr),
           array_agg(distinct d.kind) filter (where d.state = 'pending'),
           array_agg(d.id), array_agg(d.project_id), array_agg('task.' || d.outcome),
           array_agg(jsonb_strip_nulls(jsonb_build_object('attempt', d.attempt, 'error', d.error,
               'run_at', case when d.state = 'pending' then d.run_at end))),
           array_agg(d.project_id) filter (where d.is_limited)
      into v_results, v_numbers, v_ready, v_ids, v_projects, v_types, v_data, v_limited
      from done d;
    if v_ids is not null then
        perform private.emit_each(v_types, v_projects, v_ids, v_data);
        perform private.settle_dependents(v_ids);
    end if;
    if v_ready is not null then
        perform private.enqueue('tasks.ready', array(select jsonb_build_object('kind', k) from unnest(v_ready) k));
    end if;
    if v_limited is not null then
        perform private.wake_limited(array(select distinct unnest(v_limited)));
    end if;
    if cardinality(v_ids) = jsonb_array_length(p_items) then
        return v_results;
    end if;
    return private.answer_finished(p_items, v_results, v_numbers);
end;
$$;


ALTER FUNCTION private.finish_tasks(p_agent_id uuid, p_items jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION finish_tasks(p_agent_id uuid, p_items jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.finish_tasks(p_agent_id uuid, p_items jsonb) IS 'Complete, fail and release leased tasks, each fenced by its token: one update, one attempt row and one event per task.
Answers each item by itself, in the order sent: {task_id, outcome, state}; outcome duplicate or lease_lost where nothing was done.';


--
-- Name: fire_schedule(uuid, integer, timestamp with time zone, timestamp with time zone, timestamp with time zone, text); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.fire_schedule(p_id uuid, p_version integer, p_seen timestamp with time zone, p_scheduled_for timestamp with time zone, p_next timestamp with time zone, p_refused text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_most_failures constant integer := 5;
    v_schedule public.schedules;
    v_outcome text;
    v_open uuid[] := '{}';
    v_made uuid[];
    v_failures integer;
begin
    -- Who comes second waits here, and then finds another next run; who read it before an edit or a pause finds another version.
    select * into v_schedule from public.schedules s
     where s.id = p_id and s.version = p_version and s.next_run_at is not distinct from p_seen for no key update;
    if not found then
        return 'stale';
    end if;
    if p_seen < coalesce(p_scheduled_for, 'infinity') and not exists (
        select from public.schedule_runs r where r.schedule_id = p_id and r.scheduled_for = p_seen)
    then
        v_outcome := 'missed';
        perform private.note_schedule_run(v_schedule, p_seen, 'missed',
            p_missed_until => coalesce(p_scheduled_for, statement_timestamp()));
    end if;
    if exists (select from public.schedule_runs r where r.schedule_id = p_id and r.scheduled_for = p_scheduled_for) then
        v_outcome := 'ran_before';
    elsif p_refused is not null then
        v_outcome := 'failed';
        perform private.note_schedule_run(v_schedule, coalesce(p_scheduled_for, statement_timestamp()), 'failed', p_reason => p_refused);
    elsif p_scheduled_for is not null then
        if v_schedule.overlap <> 'queue' then
            v_open := private.open_tasks_of(p_id);
        end if;
        if v_schedule.overlap = 'skip' and v_open <> '{}' then
            v_outcome := 'skipped';
            perform private.note_schedule_run(v_schedule, p_scheduled_for, 'skipped',
                p_reason => format('Task %s has not ended.', v_open[1]));
        else
            perform private.cancel(v_open, 'The next run of its schedule takes its place.') where v_open <> '{}';
            perform private.settle_dependents(v_open) where v_open <> '{}';
            v_made := private.insert_tasks(private.schedule_items(v_schedule.project_id, v_schedule.task));
            v_outcome := 'created';
            perform private.note_schedule_run(v_schedule, p_scheduled_for, 'created', v_made[1]);
        end if;
    end if;
    v_failures := case v_outcome when 'failed' then v_schedule.failures + 1 when 'created' then 0 else v_schedule.failures end;
    update public.schedules s
       set next_run_at = p_next, failures = v_failures,
           last_run_at = case when v_outcome in ('created', 'skipped', 'failed') then coalesce(p_scheduled_for, statement_timestamp())
                              else s.last_run_at end,
           last_outcome = case when v_outcome <> 'ran_before' then v_outcome else s.last_outcome end
     where s.id = p_id;
    if v_outcome = 'failed' and (p_next is null or v_failures >= v_most_failures) then
        update public.schedules s
           set is_paused = true, next_run_at = null, version = s.version + 1, updated_at = statement_timestamp() where s.id = p_id;
        perform private.emit('schedule.paused', v_schedule.project_id, p_id,
            jsonb_build_object('name', v_schedule.name, 'reason', left(p_refused, 1000)));
    end if;
    return coalesce(v_outcome, 'planned');
end;
$$;


ALTER FUNCTION private.fire_schedule(p_id uuid, p_version integer, p_seen timestamp with time zone, p_scheduled_for timestamp with time zone, p_next timestamp with time zone, p_refused text) OWNER TO devos_jobs;

--
-- Name: FUNCTION fire_schedule(p_id uuid, p_version integer, p_seen timestamp with time zone, p_scheduled_for timestamp with time zone, p_next timestamp with time zone, p_refused text); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.fire_schedule(p_id uuid, p_version integer, p_seen timestamp with time zone, p_scheduled_for timestamp with time zone, p_next timestamp with time zone, p_refused text) IS 'Job: let a schedule run for one instant and plan the next, in one transaction. p_seen is the next run that the caller read;
what lies between it and p_scheduled_for (null: nothing runs now) was missed. With p_refused the run fails, and the schedule
is paused after five of them, or when it has no next instant. Returns created, skipped, missed, failed, planned, ran_before, stale.';


--
-- Name: first_id_at(timestamp with time zone); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.first_id_at(p_at timestamp with time zone) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- Downwards, as an id is made: what was created in the same millisecond comes after it.
    select rpad(lpad(to_hex(floor(greatest(0, least(extract(epoch from p_at) * 1000, 281474976710655)))::bigint), 12, '0'), 32, '0')::uuid
$$;


ALTER FUNCTION private.first_id_at(p_at timestamp with time zone) OWNER TO devos_api;

--
-- Name: FUNCTION first_id_at(p_at timestamp with time zone); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.first_id_at(p_at timestamp with time zone) IS 'Below every id that is made from this moment on, and above those made before: ids begin with their time.';


--
-- Name: forget_blobs(uuid[]); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.forget_blobs(p_ids uuid[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with gone as (
        delete from private.artifact_blobs b where b.id = any (p_ids) returning 1
    )
    select count(*) from gone
$$;


ALTER FUNCTION private.forget_blobs(p_ids uuid[]) OWNER TO devos_jobs;

--
-- Name: FUNCTION forget_blobs(p_ids uuid[]); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.forget_blobs(p_ids uuid[]) IS 'Job: the bytes under these keys are removed from the store. Returns how many.';


--
-- Name: forget_broker_user(text); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.forget_broker_user(p_agent_key_id text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    delete from private.broker_users u where u.agent_key_id = p_agent_key_id
$$;


ALTER FUNCTION private.forget_broker_user(p_agent_key_id text) OWNER TO devos_jobs;

--
-- Name: FUNCTION forget_broker_user(p_agent_key_id text); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.forget_broker_user(p_agent_key_id text) IS 'Job: the broker knows this user no more.';


--
-- Name: free_dependents(uuid[]); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.free_dependents(p_ids uuid[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_freed uuid[];
    v_fewer integer[];
begin
    with settled as (
        update public.task_dependencies d set settled_at = statement_timestamp()
          from public.tasks p
         where d.depends_on_id = any (p_ids) and d.settled_at is null and p.id = d.depends_on_id
           and (p.state = 'completed' or (p.state in ('failed', 'cancelled') and d.on_failure = 'ignore'))
        returning d.task_id
    ), fewer as (
        select s.task_id, count(*)::integer as number from settled s group by s.task_id
    )
    select array_agg(f.task_id), array_agg(f.number) into v_freed, v_fewer from fewer f;
    if v_freed is not null then
        perform private.count_down(v_freed, v_fewer);
    end if;
end;
$$;


ALTER FUNCTION private.free_dependents(p_ids uuid[]) OWNER TO devos_jobs;

--
-- Name: FUNCTION free_dependents(p_ids uuid[]); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.free_dependents(p_ids uuid[]) IS 'Settle what the completed among these tasks were waited for, and the failed where that is ignored.';


--
-- Name: grant_role(text, public.app_role); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.grant_role(p_email text, p_role public.app_role) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid;
    v_confirmed boolean;
begin
    -- In turn with set_role().
    perform pg_advisory_xact_lock(hashtextextended('devos.admins', 0));
    lock table public.user_roles in share row exclusive mode;
    select u.id, u.email_confirmed_at is not null into v_id, v_confirmed
      from auth.users u where lower(u.email) = private.normal_email(p_email) and u.deleted_at is null;
    if not found then
        return 'unknown';
    end if;
    if not v_confirmed then
        return 'unconfirmed';
    end if;
    if p_role < 'admin' and not exists (
        select from public.user_roles r where r.role = 'admin' and r.user_id <> v_id and private.is_active_user(r.user_id)
    ) then
        return 'last_admin';
    end if;
    insert into public.user_roles (user_id, role) values (v_id, p_role)
        on conflict (user_id) do update set role = excluded.role;
    perform private.audit('role.grant', null, v_id, jsonb_build_object('role', p_role));
    return 'granted';
end;
$$;


ALTER FUNCTION private.grant_role(p_email text, p_role public.app_role) OWNER TO devos_api;

--
-- Name: FUNCTION grant_role(p_email text, p_role public.app_role); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.grant_role(p_email text, p_role public.app_role) IS 'Operator: give a person a role. granted, or unknown, unconfirmed, last_admin. Granted to no one.';


--
-- Name: guard_transitions(regclass, text); Type: FUNCTION; Schema: private; Owner: devos_owner
--

CREATE FUNCTION private.guard_transitions(p_table regclass, p_machine text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_initial text;
    v_moves text;
begin
    -- Written out as constants: a WHEN list costs a comparison per row, a lookup in state_transitions a query.
    select string_agg(quote_literal(t.to_state), ', ') filter (where t.from_state is null),
           string_agg(quote_literal(t.from_state || '>' || t.to_state), ', ') filter (where t.from_state is not null)
      into v_initial, v_moves
      from public.state_transitions t
     where t.machine = p_machine;
    execute format(
        'create trigger guard_initial_state before insert on %s for each row when (new.state::text not in (%s))
         execute function private.refuse_transition(%L)', p_table, v_initial, p_machine);
    execute format(
        'create trigger guard_state before update of state on %s for each row
         when (old.state is distinct from new.state and old.state::text || ''>'' || new.state::text not in (%s))
         execute function private.refuse_transition(%L)', p_table, v_moves, p_machine);
end;
$$;


ALTER FUNCTION private.guard_transitions(p_table regclass, p_machine text) OWNER TO devos_owner;

--
-- Name: FUNCTION guard_transitions(p_table regclass, p_machine text); Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON FUNCTION private.guard_transitions(p_table regclass, p_machine text) IS 'Deploy: put the triggers on a table that keep its state machine.';


--
-- Name: handle_new_user(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.handle_new_user() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    insert into public.user_roles (user_id) values (new.id) on conflict do nothing;
    return null;
end;
$$;


ALTER FUNCTION private.handle_new_user() OWNER TO devos_api;

--
-- Name: FUNCTION handle_new_user(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.handle_new_user() IS 'Trigger of auth.users: a new person is a viewer, whatever it says about itself.';


--
-- Name: has_confirmed_email(uuid); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.has_confirmed_email(p_user_id uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select exists (select from auth.users u where u.id = p_user_id and u.email_confirmed_at is not null)
$$;


ALTER FUNCTION private.has_confirmed_email(p_user_id uuid) OWNER TO devos_lookup;

--
-- Name: FUNCTION has_confirmed_email(p_user_id uuid); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.has_confirmed_email(p_user_id uuid) IS 'Whether it was shown that the e-mail of an account is its owner''s.';


--
-- Name: lanes; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.lanes (
    id bigint NOT NULL,
    project_id uuid NOT NULL,
    kind text NOT NULL,
    required_capabilities text[] DEFAULT '{}'::text[] NOT NULL,
    assigned_agent_id uuid,
    concurrency_key public.task_concurrency_key,
    is_limited boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.lanes FORCE ROW LEVEL SECURITY;


ALTER TABLE public.lanes OWNER TO devos_owner;

--
-- Name: TABLE lanes; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.lanes IS 'One (project, kind, required capabilities, assigned agent, concurrency key): tasks that the same agents may take.';


--
-- Name: has_open_tasks(public.lanes); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.has_open_tasks(p_lane public.lanes) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- What has failed gets a lane again when it is requeued.
    select exists (
        select from public.tasks t
         where t.project_id = p_lane.project_id and t.concurrency_key = p_lane.concurrency_key
           and t.state in ('pending', 'running', 'needs_qa', 'blocked') and t.kind = p_lane.kind)
$$;


ALTER FUNCTION private.has_open_tasks(p_lane public.lanes) OWNER TO devos_api;

--
-- Name: FUNCTION has_open_tasks(p_lane public.lanes); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.has_open_tasks(p_lane public.lanes) IS 'Whether any task of the key and kind of this lane has not ended.';


--
-- Name: head_of(jsonb, text); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.head_of(p_heads jsonb, p_name text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select coalesce((
        select (h.head ->> 'from')::timestamptz from (select p_heads -> p_name as head) h
         where (h.head ->> 'until')::timestamptz > statement_timestamp()), '-infinity')
$$;


ALTER FUNCTION private.head_of(p_heads jsonb, p_name text) OWNER TO devos_api;

--
-- Name: FUNCTION head_of(p_heads jsonb, p_name text); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.head_of(p_heads jsonb, p_name text) IS 'Where this connection last found the first living row of a queue, as long as that counts; before it there were the dead alone.';


--
-- Name: held_kinds(text, bytea, uuid[]); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.held_kinds(p_key_id text, p_key_hash bytea, p_task_ids uuid[]) RETURNS TABLE(task_id uuid, project_id uuid, name text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_agent uuid := private.authenticate_agent(p_key_id, p_key_hash);
begin
    perform set_config('request.jwt.claims', format('{"role":"agent","agent_id":"%s"}', v_agent), true) where v_agent is not null;
    return query
        select t.id, t.project_id, t.kind::text from public.tasks t where t.id = any (p_task_ids) and t.agent_id = v_agent;
end;
$$;


ALTER FUNCTION private.held_kinds(p_key_id text, p_key_hash bytea, p_task_ids uuid[]) OWNER TO devos_api;

--
-- Name: FUNCTION held_kinds(p_key_id text, p_key_hash bytea, p_task_ids uuid[]); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.held_kinds(p_key_id text, p_key_hash bytea, p_task_ids uuid[]) IS 'Of which kinds the tasks are that the agent of this key holds.';


--
-- Name: hold_lease(uuid, bigint); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.hold_lease(p_task_id uuid, p_lease_token bigint) RETURNS public.tasks
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_agent uuid := private.require_agent();
    v_task public.tasks;
begin
    select * into v_task from public.tasks t
     where t.id = p_task_id and t.lease_token = p_lease_token and t.agent_id = v_agent
       and coalesce(t.lease_expires_at > statement_timestamp(), false)
       for no key update;
    if not found then
        perform private.refuse_lease(v_agent, p_task_id);
    end if;
    return v_task;
end;
$$;


ALTER FUNCTION private.hold_lease(p_task_id uuid, p_lease_token bigint) OWNER TO devos_api;

--
-- Name: FUNCTION hold_lease(p_task_id uuid, p_lease_token bigint); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.hold_lease(p_task_id uuid, p_lease_token bigint) IS 'The leased task, locked until commit, so that its lease cannot pass meanwhile. PT403 agent_required, PT404 task_not_found, PT409 lease_lost.';


--
-- Name: id_at(bigint, uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.id_at(p_us bigint, p_random uuid) RETURNS uuid
    LANGUAGE sql IMMUTABLE
    AS $$
    -- RFC 9562, 5.7 and 6.2 method 3: 48 bits of Unix milliseconds, 12 bits of their fraction, then random bits.
    select (lpad(to_hex(p_us / 1000), 12, '0') || to_hex(28672 + p_us % 1000 * 4096 / 1000) || right(p_random::text, 17))::uuid
$$;


ALTER FUNCTION private.id_at(p_us bigint, p_random uuid) OWNER TO devos_api;

--
-- Name: FUNCTION id_at(p_us bigint, p_random uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.id_at(p_us bigint, p_random uuid) IS 'An id as it is made at a microsecond since 1970: UUID version 7. New rows lie side by side in indexes.';


--
-- Name: index_tasks(integer); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.index_tasks(p_limit integer DEFAULT 2000) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_from private.task_search_position;
    v_events integer;
    v_xid xid8;
    v_id bigint;
    v_ids uuid[];
begin
    select * into v_from from private.task_search_position;
    -- Before anything is locked: with nothing to do, nothing is written. In order, or it would not be by the index.
    perform from public.events e
      where (e.xid, e.id) > (v_from.xid, v_from.id) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
      order by e.xid, e.id limit 1;
    if not found then
        return 0;
    end if;
    select * into v_from from private.task_search_position for update;
    -- Below the oldest running transaction nothing can still appear, so no task is passed over.
    with read as (
        select e.xid, e.id, e.type, e.subject_id from public.events e
         where (e.xid, e.id) > (v_from.xid, v_from.id) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
         order by e.xid, e.id limit p_limit
    )
    select count(*), array_agg(distinct r.subject_id) filter (where r.type in ('task.created', 'task.updated', 'task.deleted')),
           (array_agg(r.xid order by r.xid desc))[1], (array_agg(r.id order by r.xid desc, r.id desc))[1]
      into v_events, v_ids, v_xid, v_id
      from read r;
    if v_events = 0 then
        return 0;
    end if;
    update private.task_search_position set xid = v_xid, id = v_id;
    delete from private.task_search s
     where s.task_id = any (v_ids) and not exists (select from public.tasks t where t.id = s.task_id);
    insert into private.task_search (task_id, document)
    select t.id, to_tsvector('simple', t.title || ' ' || t.description)
                 -- As private.task_query asks for them. Cut, because an entry of a text index has an end, and a tag in SQL none.
                 || array_to_tsvector(array(select 'tag ' || left(g.tag, 100) from unnest(t.tags) as g (tag))
                                      || ('project ' || t.project_id))
      from public.tasks t where t.id = any (v_ids)
    on conflict (task_id) do update set document = excluded.document;
    return v_events;
end;
$$;


ALTER FUNCTION private.index_tasks(p_limit integer) OWNER TO devos_jobs;

--
-- Name: FUNCTION index_tasks(p_limit integer); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.index_tasks(p_limit integer) IS 'Job: take the words and tags of new and edited tasks into the search, told by their events. Returns how many events it read.';


--
-- Name: insert_successor(uuid, jsonb); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.insert_successor(p_project_id uuid, p_item jsonb) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- An agent sees no other agents: a lane that is born of its task must find them all the same.
    return (private.insert_tasks(jsonb_build_array(p_item || jsonb_build_object('project_id', p_project_id))))[1];
end;
$$;


ALTER FUNCTION private.insert_successor(p_project_id uuid, p_item jsonb) OWNER TO devos_jobs;

--
-- Name: FUNCTION insert_successor(p_project_id uuid, p_item jsonb); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.insert_successor(p_project_id uuid, p_item jsonb) IS 'Insert one task whose caller was checked: with its lane, dependencies and event.';


--
-- Name: insert_tasks(jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.insert_tasks(p_items jsonb) RETURNS uuid[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    v_ids uuid[] := private.new_ids(jsonb_array_length(p_items));
    v_edges jsonb := private.new_edges(p_items, v_ids);
    v_made uuid[];
    v_projects uuid[];
    v_kinds text[];
    v_data jsonb[];
begin
    p_items := private.with_kind_defaults(p_items);
    perform private.require_suitable(p_items);
    perform private.require_related(p_items);
    perform private.ensure_lanes(p_items);
    with made as (
        insert into public.tasks (
            id, project_id, lane_id, kind, title, description, priority, queue_priority, required_capabilities, input,
            max_retries, retry_base_seconds, retry_cap_seconds, timeout_seconds, tags, related_task_ids,
            resource_requirements, expected_artifacts, acceptance, dedupe_key, run_at, assigned_agent_id, parent_task_id,
            concurrency_key)
        select v_ids[i.nr], i.project_id, l.id, i.kind, i.title, coalesce(i.description, ''),
               n.priority, n.priority, l.required_capabilities, coalesce(i.input, '{}'),
               coalesce(i.max_retries, p.default_max_retries), coalesce(i.retry_base_seconds, 2),
               coalesce(i.retry_cap_seconds, 600), i.timeout_seconds, coalesce(i.tags, '{}'), coalesce(i.related_task_ids, '{}'),
               coalesce(i.resource_requirements, '{}'), coalesce(i.expected_artifacts, '[]'), coalesce(i.acceptance, '[]'),
               i.dedupe_key,
               -- A microsecond apart: the first of a list is claimed first.
               coalesce(i.run_at, statement_timestamp() + i.nr * interval '1 microsecond'), i.assigned_agent_id,
               i.parent_task_id, i.concurrency_key
          from rows from (jsonb_to_recordset(p_items) as (
                   project_id uuid, kind text, title text, description text, priority smallint,
                   required_capabilities text[], input jsonb, max_retries integer, retry_base_seconds integer,
                   retry_cap_seconds integer, timeout_seconds integer, tags text[], related_task_ids uuid[],
                   resource_requirements jsonb, expected_artifacts jsonb, acceptance jsonb, dedupe_key text,
                   run_at timestamptz, assigned_agent_id uuid, parent_task_id uuid, concurrency_key text
               )) with ordinality as i (
                   project_id, kind, title, description, priority, required_capabilities, input, max_retries,
                   retry_base_seconds, retry_cap_seconds, timeout_seconds, tags, related_task_ids, resource_requirements,
                   expected_artifacts, acceptance, dedupe_key, run_at, assigned_agent_id, parent_task_id, concurrency_key, nr)
          join public.projects p on p.id = i.project_id
          join public.lanes l on l.project_id = i.project_id and l.kind = i.kind
           and l.required_capabilities = private.normal_capabilities(i.required_capabilities)
           and l.assigned_agent_id is not distinct from i.assigned_agent_id
           and l.concurrency_key is not distinct from i.concurrency_key
          left join public.tasks parent on parent.id = i.parent_task_id
         cross join lateral (select coalesce(i.priority, parent.priority, p.default_priority) as priority) n
        on conflict (project_id, dedupe_key) where dedupe_key is not null do nothing
        returning id, project_id, kind, title, priority
    )
    select array_agg(m.id), array_agg(m.project_id), array_agg(m.kind),
           array_agg(jsonb_build_object('kind', m.kind, 'title', m.title, 'priority', private.priority_name(m.priority)))
      into v_made, v_projects, v_kinds, v_data
      from made m;
    if v_made is null then
        return '{}';
    end if;
    perform private.emit_each(array_fill('task.created'::text, array[cardinality(v_made)]), v_projects, v_made, v_data);
    perform private.enqueue('tasks.ready', array(select jsonb_build_object('kind', k) from unnest(v_kinds) k group by k));
    if v_edges is not null then
        perform private.add_dependencies(private.known_edges(v_edges, p_items, v_ids));
    end if;
    return v_made;
end;
$$;


ALTER FUNCTION private.insert_tasks(p_items jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION insert_tasks(p_items jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.insert_tasks(p_items jsonb) IS 'Insert tasks with their lanes, dependencies, events and hints. What an item does not say is its kind''s; priority (the
parent''s first) and retries are the project''s then. Ids of the new ones; an item whose dedupe_key exists makes none.
PT404 task_not_found, PT422 agent_not_suitable, unknown_kind, and what new_edges says.';


--
-- Name: is_active_user(uuid); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.is_active_user(p_user_id uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select exists (
        select from auth.users u
         where u.id = p_user_id and u.deleted_at is null and coalesce(u.banned_until <= statement_timestamp(), true))
$$;


ALTER FUNCTION private.is_active_user(p_user_id uuid) OWNER TO devos_lookup;

--
-- Name: FUNCTION is_active_user(p_user_id uuid); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.is_active_user(p_user_id uuid) IS 'Whether there is such a person, neither removed nor banned.';


--
-- Name: is_invited(uuid, public.app_role, uuid, uuid); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.is_invited(p_user_id uuid, p_role public.app_role DEFAULT NULL::public.app_role, p_team_id uuid DEFAULT NULL::uuid, p_project_id uuid DEFAULT NULL::uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select exists (
        select from public.invitations i
         where i.accepted_by = p_user_id
           and (p_role is null or i.role = p_role)
           and (p_team_id is null or i.team_id = p_team_id)
           and (p_project_id is null or i.project_id = p_project_id))
$$;


ALTER FUNCTION private.is_invited(p_user_id uuid, p_role public.app_role, p_team_id uuid, p_project_id uuid) OWNER TO devos_lookup;

--
-- Name: FUNCTION is_invited(p_user_id uuid, p_role public.app_role, p_team_id uuid, p_project_id uuid); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.is_invited(p_user_id uuid, p_role public.app_role, p_team_id uuid, p_project_id uuid) IS 'Whether this person has accepted an invitation with this role, to this team, to this project.';


--
-- Name: is_unclaimed(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.is_unclaimed() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select not exists (select from auth.users)
$$;


ALTER FUNCTION private.is_unclaimed() OWNER TO devos_api;

--
-- Name: FUNCTION is_unclaimed(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.is_unclaimed() IS 'Deploy: whether nobody has an account yet. Granted to no one.';


--
-- Name: keep_blob(); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.keep_blob() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if tg_op <> 'INSERT' then
        -- From now on, whatever its age: somebody may be reading it.
        insert into private.artifact_blobs (id, task_id, lease_token, size_bytes) values (old.blob_id, old.task_id, 0, old.size_bytes);
    end if;
    if tg_op <> 'DELETE' then
        delete from private.artifact_blobs b where b.id = new.blob_id;
    end if;
    return null;
end;
$$;


ALTER FUNCTION private.keep_blob() OWNER TO devos_jobs;

--
-- Name: FUNCTION keep_blob(); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.keep_blob() IS 'Trigger of artifacts: their bytes are kept, and those of an artifact that was replaced or removed are swept later.';


--
-- Name: keep_broker_user(text, text, bytea, boolean); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.keep_broker_user(p_agent_key_id text, p_key_id text, p_sealed bytea, p_replace boolean DEFAULT false) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_agent uuid;
    v_allowed boolean;
begin
    select k.agent_id, a.broker_allowed into v_agent, v_allowed
      from private.agent_keys k join public.agents a on a.id = k.agent_id and a.is_active
     where k.id = p_agent_key_id and k.revoked_at is null and coalesce(k.expires_at > statement_timestamp(), true);
    if not coalesce(v_allowed, false) then
        perform private.fail(403, 'broker_not_allowed', 'This agent may not wait at the broker.',
            'Wait by long poll, or ask an admin for PUT /api/agents/{id}/broker.');
    end if;
    insert into private.broker_users as u (agent_key_id, agent_id, key_id, sealed)
    values (p_agent_key_id, v_agent, p_key_id, p_sealed)
    on conflict (agent_key_id) do update set key_id = excluded.key_id, sealed = excluded.sealed, lanes = null where p_replace;
    return (select jsonb_build_object('key_id', u.key_id, 'sealed', encode(u.sealed, 'base64'),
                       'lanes', coalesce(f.lanes, '{}'))
              from private.broker_users u left join private.broker_lanes() f on f.agent_id = u.agent_id where u.agent_key_id = p_agent_key_id);
end;
$$;


ALTER FUNCTION private.keep_broker_user(p_agent_key_id text, p_key_id text, p_sealed bytea, p_replace boolean) OWNER TO devos_jobs;

--
-- Name: FUNCTION keep_broker_user(p_agent_key_id text, p_key_id text, p_sealed bytea, p_replace boolean); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.keep_broker_user(p_agent_key_id text, p_key_id text, p_sealed bytea, p_replace boolean) IS 'The sealed password by which an agent key waits at the broker, and its lanes. The API offers one: it is kept where there is none,
or where p_replace says that the old one opens no more. PT403 broker_not_allowed.';


--
-- Name: keep_log_partitions(integer); Type: FUNCTION; Schema: private; Owner: devos_owner
--

CREATE FUNCTION private.keep_log_partitions(p_days integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '1s'
    AS $_$
declare
    v_month constant timestamp := date_trunc('month', statement_timestamp() at time zone 'UTC');
    v_newest timestamp;
    v_next timestamp;
    v_old text;
    v_done integer := 0;
begin
    select max(to_date(right(c.relname, 6), 'YYYYMM')) into v_newest
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'public.task_logs'::regclass and c.relname ~ '^task_logs_\d{6}$';
    if coalesce(v_newest < v_month, true) and pg_relation_size('private.task_logs_default') > 0 then
        -- What came while a month had no partition becomes the one up to this month, where it lies.
        alter table public.task_logs detach partition private.task_logs_default;
        execute format('alter table private.task_logs_default rename to task_logs_%s', to_char(v_month, 'YYYYMM'));
        execute format('alter table public.task_logs attach partition private.task_logs_%s for values from (%s) to (%L)',
            to_char(v_month, 'YYYYMM'), coalesce(quote_literal((v_newest + interval '1 month') at time zone 'UTC'), 'minvalue'),
            (v_month + interval '1 month') at time zone 'UTC');
        create table private.task_logs_default (like public.task_logs including all);
        alter table private.task_logs_default enable row level security;
        alter table private.task_logs_default force row level security;
        alter table public.task_logs attach partition private.task_logs_default default;
        v_newest := v_month;
        v_done := 1;
    end if;
    for v_next in
        select m from generate_series(greatest(v_month, v_newest + interval '1 month'), v_month + interval '2 months', interval '1 month') m
    loop
        execute format('create table private.task_logs_%s (like public.task_logs including all)', to_char(v_next, 'YYYYMM'));
        execute format('alter table private.task_logs_%s enable row level security', to_char(v_next, 'YYYYMM'));
        execute format('alter table private.task_logs_%s force row level security', to_char(v_next, 'YYYYMM'));
        execute format('alter table public.task_logs attach partition private.task_logs_%s for values from (%L) to (%L)',
            to_char(v_next, 'YYYYMM'), v_next at time zone 'UTC', (v_next + interval '1 month') at time zone 'UTC');
        v_done := v_done + 1;
    end loop;
    for v_old in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent = 'public.task_logs'::regclass and c.relname ~ '^task_logs_\d{6}$'
           and (to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month') at time zone 'UTC'
               <= statement_timestamp() - greatest(p_days, 1) * interval '1 day'
    loop
        execute format('drop table private.%I', v_old);
        v_done := v_done + 1;
    end loop;
    return v_done;
end;
$_$;


ALTER FUNCTION private.keep_log_partitions(p_days integer) OWNER TO devos_owner;

--
-- Name: FUNCTION keep_log_partitions(p_days integer); Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON FUNCTION private.keep_log_partitions(p_days integer) IS 'Job: partitions of the logs for this month and the next two, and none whose last line is older than so many days. It takes a
number and no name, because it runs as the owner of the tables. Returns how many partitions changed.';


--
-- Name: keep_secret_value(uuid, text, bytea); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.keep_secret_value(p_secret_id uuid, p_key_id text, p_sealed bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into private.secret_values (secret_id, key_id, sealed) values (p_secret_id, p_key_id, p_sealed)
    on conflict (secret_id) do update set key_id = excluded.key_id, sealed = excluded.sealed
$$;


ALTER FUNCTION private.keep_secret_value(p_secret_id uuid, p_key_id text, p_sealed bytea) OWNER TO devos_jobs;

--
-- Name: FUNCTION keep_secret_value(p_secret_id uuid, p_key_id text, p_sealed bytea); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.keep_secret_value(p_secret_id uuid, p_key_id text, p_sealed bytea) IS 'Put the sealed value behind a secret, for functions that have checked who may.';


--
-- Name: keys_to_wake(jsonb); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.keys_to_wake(p_waiting jsonb) RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- The worker, which does so by the second, may be away.
    perform private.reap_unasked();
    return (
        -- Once for all who wait: where nothing is due, nobody's lanes are looked at.
        with due as materialized (
            select l.id, l.kind from public.lanes l
             where exists (
                select from generate_series(1, 4) as p (priority)
                 cross join lateral (
                    select from public.tasks q
                     where q.lane_id = l.id and q.queue_priority = p.priority and q.state = 'pending'
                       and q.open_dependencies = 0 and q.run_at <= statement_timestamp()
                     limit 1) first)
        )
        select coalesce(array_agg(distinct s.key_id), '{}')
          from jsonb_to_recordset(p_waiting) as w (kinds text[], keys text[])
         cross join unnest(w.keys) as s (key_id)
          left join (private.agent_keys k join public.agents a on a.id = k.agent_id and a.is_active)
                 on k.id = s.key_id and k.revoked_at is null and coalesce(k.expires_at > statement_timestamp(), true)
         where a.id is null
            or exists (select from due d join public.agent_lanes al on al.lane_id = d.id
                        where d.kind = any (w.kinds) and al.agent_id = a.id));
end;
$$;


ALTER FUNCTION private.keys_to_wake(p_waiting jsonb) OWNER TO devos_jobs;

--
-- Name: FUNCTION keys_to_wake(p_waiting jsonb); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.keys_to_wake(p_waiting jsonb) IS 'Of those who wait, as [{kinds, keys}], the agent keys for which there is work that is due, and those that have ended. One look of an
API copy for all its waiters; it takes tasks back from silent agents, too.';


--
-- Name: kind_schemas(jsonb); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.kind_schemas(p_kinds jsonb) RETURNS TABLE(project_id uuid, name text, input_schema jsonb, output_schema jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select w.project_id, w.name, k.input_schema, k.output_schema
      from jsonb_to_recordset(p_kinds) as w (project_id uuid, name text)
     cross join lateral private.kinds_of(w.project_id, w.name) k
     where k.input_schema is not null or k.output_schema is not null
$$;


ALTER FUNCTION private.kind_schemas(p_kinds jsonb) OWNER TO devos_lookup;

--
-- Name: FUNCTION kind_schemas(p_kinds jsonb); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.kind_schemas(p_kinds jsonb) IS 'The schemas of kinds {project_id, name}, of those that have any: for a process that checks what others send, never shown as such.';


--
-- Name: kinds_in(uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.kinds_in(p_project_id uuid) RETURNS SETOF text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- From kind to kind in the index, past the lanes of a kind: there may be one for each of many keys.
    with recursive known as (
        select min(l.kind) as kind from public.lanes l where l.project_id = p_project_id
        union all
        select (select min(l.kind) from public.lanes l where l.project_id = p_project_id and l.kind > k.kind)
          from known k where k.kind is not null
    )
    select k.kind from known k where k.kind is not null
$$;


ALTER FUNCTION private.kinds_in(p_project_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION kinds_in(p_project_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.kinds_in(p_project_id uuid) IS 'The kinds that a project has ever had tasks of.';


--
-- Name: kinds_of(uuid, text); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.kinds_of(p_project_id uuid, p_name text) RETURNS SETOF public.kinds
    LANGUAGE sql STABLE
    AS $$
    select k.* from public.kinds k where k.project_id = p_project_id and (p_name is null or k.name = p_name)
    union all
    select b.* from private.builtin_kinds() b
     where (p_name is null or b.name = p_name)
       and not exists (select from public.kinds k where k.project_id = p_project_id and k.name = b.name)
$$;


ALTER FUNCTION private.kinds_of(p_project_id uuid, p_name text) OWNER TO devos_api;

--
-- Name: FUNCTION kinds_of(p_project_id uuid, p_name text); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.kinds_of(p_project_id uuid, p_name text) IS 'The kinds of a project, or the one of a name: its own, and the built-in ones that it does not replace.';


--
-- Name: known_charge(public.tasks, text, uuid, numeric); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.known_charge(p_task public.tasks, p_key text, p_service_id uuid, p_amount numeric) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_charge public.service_charges;
begin
    if p_task.id is not null then
        select * into v_charge from public.service_charges c
         where c.task_id = p_task.id and c.attempt = p_task.attempt and c.key = p_key;
    else
        select * into v_charge from public.service_charges c
         where c.task_id is null and c.user_id = private.my_user_id() and c.key = p_key;
    end if;
    if v_charge.amount <> p_amount or v_charge.asked_service_id <> p_service_id then
        perform private.fail(409, 'idempotency_key_reused', 'This key was used for another charge.',
            'Send a new key, or the same charge.');
    end if;
    return v_charge.answer;
end;
$$;


ALTER FUNCTION private.known_charge(p_task public.tasks, p_key text, p_service_id uuid, p_amount numeric) OWNER TO devos_api;

--
-- Name: FUNCTION known_charge(p_task public.tasks, p_key text, p_service_id uuid, p_amount numeric); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.known_charge(p_task public.tasks, p_key text, p_service_id uuid, p_amount numeric) IS 'The answer to the charge this attempt, or this person, made with this key; null when there is none.
PT409 idempotency_key_reused.';


--
-- Name: known_edges(jsonb, jsonb, uuid[]); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.known_edges(p_edges jsonb, p_items jsonb, p_ids uuid[]) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
    if not jsonb_path_exists(p_items, '$[*] ? (@.dedupe_key != null)') then
        return p_edges;
    end if;
    return (
        select jsonb_agg(e.edge || jsonb_build_object('depends_on_id', coalesce(known.id, (e.edge ->> 'depends_on_id')::uuid)))
          from jsonb_array_elements(p_edges) as e (edge)
          left join lateral (
            select t.id
              from jsonb_array_elements(p_items) with ordinality as i (item, nr)
              join public.tasks t on t.project_id = (i.item ->> 'project_id')::uuid and t.dedupe_key = i.item ->> 'dedupe_key'
             where p_ids[i.nr] = (e.edge ->> 'depends_on_id')::uuid) known on true);
end;
$_$;


ALTER FUNCTION private.known_edges(p_edges jsonb, p_items jsonb, p_ids uuid[]) OWNER TO devos_api;

--
-- Name: FUNCTION known_edges(p_edges jsonb, p_items jsonb, p_ids uuid[]); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.known_edges(p_edges jsonb, p_items jsonb, p_ids uuid[]) IS 'The dependencies of new tasks after their insertion: an item that made no task, because its dedupe_key exists, stands for that task.';


--
-- Name: knows_cursor(xid8, bigint); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.knows_cursor(p_xid xid8, p_id bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- Retention drops from the oldest on: while one as old as the cursor is kept, all that came after it are.
    select p_xid = '0'
        or (p_xid < pg_snapshot_xmax(pg_current_snapshot())
            and exists (select from public.events e where (e.xid, e.id) <= (p_xid, p_id)))
$$;


ALTER FUNCTION private.knows_cursor(p_xid xid8, p_id bigint) OWNER TO devos_lookup;

--
-- Name: FUNCTION knows_cursor(p_xid xid8, p_id bigint); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.knows_cursor(p_xid xid8, p_id bigint) IS 'Whether every event after this cursor is still kept; false for one that is too old, or that this database never gave.';


--
-- Name: lease_end(integer, timestamp with time zone, integer); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.lease_end(p_seconds integer, p_started_at timestamp with time zone, p_timeout_seconds integer) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    AS $$
    -- least passes over a null: a task without a time limit.
    select least(statement_timestamp() + p_seconds * interval '1 second',
                 p_started_at + (p_timeout_seconds + 30) * interval '1 second')
$$;


ALTER FUNCTION private.lease_end(p_seconds integer, p_started_at timestamp with time zone, p_timeout_seconds integer) OWNER TO devos_api;

--
-- Name: FUNCTION lease_end(p_seconds integer, p_started_at timestamp with time zone, p_timeout_seconds integer); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.lease_end(p_seconds integer, p_started_at timestamp with time zone, p_timeout_seconds integer) IS 'When a lease given now for so long ends: no later than 30 seconds after the time limit of an attempt that began then.';


--
-- Name: list_broker_users(boolean); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.list_broker_users(p_all boolean DEFAULT false) RETURNS SETOF jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object('agent_key_id', u.agent_key_id, 'lives', w.lives, 'lanes', w.lanes,
               'is_made', u.lanes is not distinct from w.lanes, 'is_narrower', not coalesce(u.lanes <@ w.lanes, true),
               'is_here', coalesce(h.seen_at > statement_timestamp() - interval '1 hour', false), 'key_id', u.key_id, 'sealed', encode(u.sealed, 'base64'))
      from private.broker_users u
      join private.agent_keys k on k.id = u.agent_key_id
      join public.agents a on a.id = u.agent_id
      left join public.agent_heartbeats h on h.agent_id = a.id
      -- Together, not one by one: this is asked again and again, for a thousand users too.
      left join private.broker_lanes() f on f.agent_id = a.id
     cross join lateral (
        select a.is_active and a.broker_allowed and k.revoked_at is null
                   and coalesce(k.expires_at > statement_timestamp(), true) as lives,
               coalesce(f.lanes, '{}') as lanes) w
     where p_all or not w.lives or u.lanes is distinct from w.lanes
     order by u.agent_key_id
$$;


ALTER FUNCTION private.list_broker_users(p_all boolean) OWNER TO devos_jobs;

--
-- Name: FUNCTION list_broker_users(p_all boolean); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.list_broker_users(p_all boolean) IS 'Job: the users that the broker must make, change or forget; with p_all every one. lives: whether its key and its agent
still do; is_made: whether the broker knew it with these lanes; is_here: whether it was heard within the hour.';


--
-- Name: list_hints(text[], integer, integer, integer); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.list_hints(p_kinds text[], p_waiting_seconds integer, p_later_seconds integer, p_limit integer) RETURNS SETOF jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object('task_id', h.id, 'attempt', h.attempt, 'lane', b.id, 'priority', h.queue_priority,
               'after_seconds', greatest(0, extract(epoch from h.run_at - statement_timestamp())),
               -- A lane of its own is for whoever may read it; what nobody reads goes where all the rest is.
               'has_readers', exists (
                   select from public.agent_lanes al join private.broker_users u on u.agent_id = al.agent_id
                    where al.lane_id = b.id))
      from public.lanes l
      -- What waits under a key is told where agents listen: in the lane that has none.
      join public.lanes b on b.project_id = l.project_id and b.kind = l.kind and b.required_capabilities = l.required_capabilities
       and b.assigned_agent_id is not distinct from l.assigned_agent_id and b.concurrency_key is null
     cross join lateral (
        (select d.*
           from generate_series(1, 4) as p (priority)
          cross join lateral (
            select q.id, q.attempt, q.queue_priority, q.run_at from public.tasks q
             where q.lane_id = l.id and q.queue_priority = p.priority and q.state = 'pending' and q.open_dependencies = 0
               and q.run_at <= statement_timestamp() - p_waiting_seconds * interval '1 second'
             order by q.run_at, q.id limit p_limit) d
          limit p_limit)
        union all
        (select d.*
           from generate_series(1, 4) as p (priority)
          cross join lateral (
            select q.id, q.attempt, q.queue_priority, q.run_at from public.tasks q
             where q.lane_id = l.id and q.queue_priority = p.priority and q.state = 'pending' and q.open_dependencies = 0
               and q.run_at > statement_timestamp()
               and q.run_at <= statement_timestamp() + p_later_seconds * interval '1 second'
             order by q.run_at, q.id limit 1) d)) h
     where p_kinds is null or l.kind = any (p_kinds)
$$;


ALTER FUNCTION private.list_hints(p_kinds text[], p_waiting_seconds integer, p_later_seconds integer, p_limit integer) OWNER TO devos_jobs;

--
-- Name: FUNCTION list_hints(p_kinds text[], p_waiting_seconds integer, p_later_seconds integer, p_limit integer); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.list_hints(p_kinds text[], p_waiting_seconds integer, p_later_seconds integer, p_limit integer) IS 'Job: what agents may be told: of each lane of these kinds (null: of all) the first tasks that have waited so long, and of each
priority the first that falls due within p_later_seconds. lane is the one without a concurrency key.';


--
-- Name: list_orphan_blobs(integer); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.list_orphan_blobs(p_limit integer) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- Twice as old as an upload may become: nobody writes there any more.
    select b.id from private.artifact_blobs b
     where b.created_at < statement_timestamp() - interval '2 hours'
     order by b.created_at limit least(p_limit, 1000)
$$;


ALTER FUNCTION private.list_orphan_blobs(p_limit integer) OWNER TO devos_jobs;

--
-- Name: FUNCTION list_orphan_blobs(p_limit integer); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.list_orphan_blobs(p_limit integer) IS 'Job: keys in the store that no artifact has: replaced, deleted, or never finished.';


--
-- Name: list_sealed(text, uuid, integer); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.list_sealed(p_key_id text, p_after uuid, p_limit integer) RETURNS SETOF jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object('id', s.id, 'project_id', s.project_id, 'team_id', s.team_id, 'name', s.name,
               'key_id', v.key_id, 'sealed', encode(v.sealed, 'base64'))
      from private.secret_values v
      join public.secrets s on s.id = v.secret_id
     where v.key_id <> p_key_id and (p_after is null or v.secret_id > p_after)
     order by v.secret_id limit p_limit
$$;


ALTER FUNCTION private.list_sealed(p_key_id text, p_after uuid, p_limit integer) OWNER TO devos_jobs;

--
-- Name: FUNCTION list_sealed(p_key_id text, p_after uuid, p_limit integer); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.list_sealed(p_key_id text, p_after uuid, p_limit integer) IS 'Rotation: sealed values that another key than this one sealed, by id. Granted to no one.';


--
-- Name: lock_admins(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.lock_admins() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- Two admins who take the role from each other would each leave one. The role is asked for behind the lock: it may be gone.
    perform pg_advisory_xact_lock(hashtextextended('devos.admins', 0));
    perform private.require_role('admin');
end;
$$;


ALTER FUNCTION private.lock_admins() OWNER TO devos_api;

--
-- Name: FUNCTION lock_admins(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.lock_admins() IS 'Changes of roles and of who is active take turns, and are made by who is an admin then. PT403 role_required.';


--
-- Name: lock_lanes(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.lock_lanes() RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- A lane born while an agent registers would miss it, and be missed by it: both take turns.
    select pg_advisory_xact_lock(hashtextextended('devos.lanes', 0))
$$;


ALTER FUNCTION private.lock_lanes() OWNER TO devos_api;

--
-- Name: FUNCTION lock_lanes(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.lock_lanes() IS 'Births of lanes and registrations of agents take turns.';


--
-- Name: mark_active(uuid, boolean); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.mark_active(p_user_id uuid, p_is_active boolean) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- The person first: a sign-in under way writes that row too, so its session is there to be deleted or is never opened.
    -- A moment that Supabase Auth can read too, which knows no infinity.
    update auth.users u
       set banned_until = case when not p_is_active then statement_timestamp() + interval '100 years' end
     where u.id = p_user_id;
    delete from auth.sessions s where s.user_id = p_user_id and not p_is_active;
$$;


ALTER FUNCTION private.mark_active(p_user_id uuid, p_is_active boolean) OWNER TO devos_api;

--
-- Name: FUNCTION mark_active(p_user_id uuid, p_is_active boolean); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.mark_active(p_user_id uuid, p_is_active boolean) IS 'For set_activation alone, which says who may: write whether a person may come in, and end their sessions if not.';


--
-- Name: mark_lanes(uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.mark_lanes(p_project_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update public.lanes l set is_limited = not l.is_limited
     where l.project_id = p_project_id and l.is_limited <> exists (select from private.rooms_of(l.id));
    update public.agent_lanes al set is_limited = l.is_limited
      from public.lanes l
     where l.id = al.lane_id and l.project_id = p_project_id and al.is_limited <> l.is_limited;
end;
$$;


ALTER FUNCTION private.mark_lanes(p_project_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION mark_lanes(p_project_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.mark_lanes(p_project_id uuid) IS 'The limits of a project changed: note which lanes have any, so that claims from the others look for none. The caller holds
lock_lanes().';


--
-- Name: match_lanes(uuid, bigint[]); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.match_lanes(p_agent_id uuid, p_lane_ids bigint[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into public.agent_lanes (agent_id, lane_id, kind, project_id, is_limited)
    select a.id, l.id, l.kind, l.project_id, l.is_limited
      from public.lanes l
      join public.agent_projects ap on ap.project_id = l.project_id
      join public.agents a on a.id = ap.agent_id and l.required_capabilities <@ a.capabilities
       and (l.assigned_agent_id is null or l.assigned_agent_id = a.id)
     where (p_agent_id is null or a.id = p_agent_id) and (p_lane_ids is null or l.id = any (p_lane_ids))
    on conflict do nothing
$$;


ALTER FUNCTION private.match_lanes(p_agent_id uuid, p_lane_ids bigint[]) OWNER TO devos_api;

--
-- Name: FUNCTION match_lanes(p_agent_id uuid, p_lane_ids bigint[]); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.match_lanes(p_agent_id uuid, p_lane_ids bigint[]) IS 'Write which lanes agents may claim from: of one agent, or of new lanes. The caller holds lock_lanes().';


--
-- Name: may_invite(uuid, public.app_role, uuid, uuid); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.may_invite(p_user_id uuid, p_role public.app_role, p_team_id uuid, p_project_id uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_role public.app_role;
begin
    select r.role into v_role from public.user_roles r where r.user_id = p_user_id and private.is_active_user(r.user_id);
    if v_role = 'admin' then
        return true;
    end if;
    return coalesce(v_role = 'supervisor' and p_role = 'viewer', false)
       and (p_team_id is null or exists (
               select from public.team_members m where m.team_id = p_team_id and m.user_id = p_user_id))
       and (p_project_id is null
            or exists (select from public.project_members m where m.project_id = p_project_id and m.user_id = p_user_id)
            or exists (
               select from public.projects p
                 join public.team_members m on m.team_id = p.team_id
                where p.id = p_project_id and m.user_id = p_user_id));
end;
$$;


ALTER FUNCTION private.may_invite(p_user_id uuid, p_role public.app_role, p_team_id uuid, p_project_id uuid) OWNER TO devos_lookup;

--
-- Name: FUNCTION may_invite(p_user_id uuid, p_role public.app_role, p_team_id uuid, p_project_id uuid); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.may_invite(p_user_id uuid, p_role public.app_role, p_team_id uuid, p_project_id uuid) IS 'Whether this person may ask somebody in with this role, to this team and project: its own, and above viewer an admin.';


--
-- Name: merge_metadata(jsonb, jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.merge_metadata(p_old jsonb, p_new jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_merged jsonb := coalesce(p_old, '{}') || p_new;
begin
    v_merged := v_merged - array(select m.key from jsonb_each(p_new) m where m.value = 'null');
    if octet_length(v_merged::text) > 16384 then
        perform private.fail(413, 'metadata_too_large', 'What is kept about a person has at most 16 kB.', 'Keep it elsewhere.');
    end if;
    return v_merged;
end;
$$;


ALTER FUNCTION private.merge_metadata(p_old jsonb, p_new jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION merge_metadata(p_old jsonb, p_new jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.merge_metadata(p_old jsonb, p_new jsonb) IS 'What a person says about itself, with the new members; a null takes one away. PT413 metadata_too_large.';


--
-- Name: my_agent_id(); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.my_agent_id() RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select a.id from public.agents a where a.id = (private.claims() ->> 'agent_id')::uuid and a.is_active
$$;


ALTER FUNCTION private.my_agent_id() OWNER TO devos_lookup;

--
-- Name: FUNCTION my_agent_id(); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.my_agent_id() IS 'The agent of this request, if it is active.';


--
-- Name: my_email(); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.my_email() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select private.normal_email(u.email)
      from auth.users u
     where u.id = (private.claims() ->> 'sub')::uuid and private.is_active_user(u.id)
$$;


ALTER FUNCTION private.my_email() OWNER TO devos_lookup;

--
-- Name: FUNCTION my_email(); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.my_email() IS 'The e-mail of the person of this request, in its normal form.';


--
-- Name: my_people_ids(); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.my_people_ids() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_user uuid := private.my_user_id();
    v_teams uuid[];
    v_projects uuid[];
begin
    if v_user is null then
        return '{}';
    end if;
    v_teams := private.my_team_ids();
    v_projects := private.my_project_ids();
    return array(
        select v_user
         union
        select m.user_id from public.project_members m where m.project_id = any (v_projects)
         union
        select m.user_id
          from public.team_members m
         where m.team_id = any (v_teams || array(select p.team_id from public.projects p where p.id = any (v_projects))));
end;
$$;


ALTER FUNCTION private.my_people_ids() OWNER TO devos_lookup;

--
-- Name: FUNCTION my_people_ids(); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.my_people_ids() IS 'The caller itself and who shares a team or a project with it; whom an admin sees besides, the policies say.';


--
-- Name: my_project_ids(); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.my_project_ids() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- Written out: every statement under the policies asks, and an agent's loop is a handful of them.
    v_agent uuid := nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'agent_id';
begin
    if v_agent is not null then
        return array(
            select ap.project_id from public.agents a join public.agent_projects ap on ap.agent_id = a.id
             where a.id = v_agent and a.is_active);
    end if;
    return private.project_ids_of(private.my_user_id());
end;
$$;


ALTER FUNCTION private.my_project_ids() OWNER TO devos_lookup;

--
-- Name: FUNCTION my_project_ids(); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.my_project_ids() IS 'The projects that the caller may see, as their member or a member of their team; empty for no one.';


--
-- Name: my_registration_projects(); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.my_registration_projects() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select array(
        select p from unnest(t.project_ids) p where p = any (private.project_ids_of(t.created_by)) order by p)
      from public.registration_tokens t
     where t.id = private.my_registration_token()
$$;


ALTER FUNCTION private.my_registration_projects() OWNER TO devos_lookup;

--
-- Name: FUNCTION my_registration_projects(); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.my_registration_projects() IS 'The projects that the registration token of this request gives: its own that are its creator''s now. Null without one.';


--
-- Name: my_registration_token(); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.my_registration_token() RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select t.id
      from (select (c ->> 'token_id')::uuid as id from private.claims() c where c ->> 'role' = 'integration') t
     where private.registration_token_lives(t.id)
$$;


ALTER FUNCTION private.my_registration_token() OWNER TO devos_lookup;

--
-- Name: FUNCTION my_registration_token(); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.my_registration_token() IS 'The registration token of this request, if it lives.';


--
-- Name: my_team_ids(); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.my_team_ids() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_user uuid := private.my_user_id();
begin
    if v_user is null then
        return '{}';
    end if;
    if public.get_my_role() = 'admin' then
        return array(select t.id from public.teams t);
    end if;
    return array(select m.team_id from public.team_members m where m.user_id = v_user);
end;
$$;


ALTER FUNCTION private.my_team_ids() OWNER TO devos_lookup;

--
-- Name: FUNCTION my_team_ids(); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.my_team_ids() IS 'The teams that the caller may see: its own, an admin''s are all; empty for no one.';


--
-- Name: my_user_id(); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.my_user_id() RETURNS uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- Written out, and in this language: every statement under the policies asks, a creation eight times.
    v_claims jsonb := nullif(current_setting('request.jwt.claims', true), '');
begin
    -- Session and token are read each time, so that their end holds on the next request and not when a JWT runs out.
    return (
        select u.id
          from auth.users u
         where u.id = (v_claims ->> 'sub')::uuid
           and u.deleted_at is null and coalesce(u.banned_until <= statement_timestamp(), true)
           and (exists (
                    select from auth.sessions s
                     where s.id = (v_claims ->> 'session_id')::uuid and s.user_id = u.id
                       and coalesce(s.not_after > statement_timestamp(), true))
                or exists (
                    select from public.api_tokens t
                     where t.id = (v_claims ->> 'token_id')::uuid and t.user_id = u.id and t.revoked_at is null
                       and coalesce(t.expires_at > statement_timestamp(), true))));
end;
$$;


ALTER FUNCTION private.my_user_id() OWNER TO devos_lookup;

--
-- Name: FUNCTION my_user_id(); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.my_user_id() IS 'The person of this request, if the session or the API token lives and the person is not banned.';


--
-- Name: new_edges(jsonb, uuid[]); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.new_edges(p_items jsonb, p_ids uuid[]) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
    v_refs jsonb;
    v_named bigint;
    v_found record;
begin
    if not jsonb_path_exists(p_items, '$[*].depends_on[*]') then
        return null;
    end if;
    select coalesce(jsonb_object_agg(i.item ->> 'ref', i.nr), '{}'), count(*) into v_refs, v_named
      from jsonb_array_elements(p_items) with ordinality as i (item, nr) where i.item ->> 'ref' is not null;
    with edge as (
        select i.nr, d.task_id, d.ref, d.on_failure, (v_refs ->> d.ref)::integer as within
          from jsonb_array_elements(p_items) with ordinality as i (item, nr)
         cross join lateral jsonb_array_elements(nullif(i.item -> 'depends_on', 'null')) as named (value)
         cross join lateral jsonb_to_record(
               case jsonb_typeof(named.value) when 'string' then jsonb_build_object('task_id', named.value) else named.value end
               ) as d (task_id uuid, ref text, on_failure text)
    )
    select jsonb_agg(jsonb_build_object('task_id', p_ids[e.nr], 'depends_on_id', coalesce(p_ids[e.within], e.task_id),
               'on_failure', e.on_failure)) as edges,
           count(*) as number,
           bool_or((e.task_id is null) = (e.ref is null)) as unclear,
           min(e.ref) filter (where e.task_id is null and e.within is null) as unknown,
           min(e.ref) filter (where e.within >= e.nr) as late
      into v_found
      from edge e;
    if v_named <> (select count(*) from jsonb_object_keys(v_refs)) then
        perform private.fail(422, 'duplicate_ref', 'Two items of the list have the same ref.');
    elsif v_found.unclear then
        perform private.fail(422, 'invalid_dependency', 'A dependency names a task_id or a ref, one of them.');
    elsif v_found.unknown is not null then
        perform private.fail(422, 'unknown_ref', format('No item of the list has the ref %s.', left(v_found.unknown, 100)));
    elsif v_found.late is not null then
        -- What only waits for what stands before it cannot wait in a circle.
        perform private.fail(422, 'dependency_cycle', format('The ref %s is not that of an earlier item.', left(v_found.late, 100)),
            'Put a task behind those it waits for.');
    elsif v_found.number > 10000 then
        perform private.fail(422, 'too_many_dependencies', 'A list has at most 10,000 dependencies.', 'Send it in parts.');
    end if;
    return v_found.edges;
end;
$_$;


ALTER FUNCTION private.new_edges(p_items jsonb, p_ids uuid[]) OWNER TO devos_api;

--
-- Name: FUNCTION new_edges(p_items jsonb, p_ids uuid[]); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.new_edges(p_items jsonb, p_ids uuid[]) IS 'The dependencies of new tasks, by ids of tasks that exist or refs of earlier items: {task_id | ref, on_failure}, or an id alone.
PT422 invalid_dependency, unknown_ref, duplicate_ref, dependency_cycle, too_many_dependencies.';


--
-- Name: new_id(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.new_id() RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_us bigint := extract(epoch from clock_timestamp()) * 1000000;
begin
    return private.id_at(v_us, gen_random_uuid());
end;
$$;


ALTER FUNCTION private.new_id() OWNER TO devos_api;

--
-- Name: FUNCTION new_id(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.new_id() IS 'A new id, ordered by time: those of one session sort as they were made.';


--
-- Name: new_ids(integer); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.new_ids(p_number integer) RETURNS uuid[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_us bigint := extract(epoch from clock_timestamp()) * 1000000;
    -- Once: where Postgres asks the kernel for each random number, that is most of an id's price.
    v_random uuid := gen_random_uuid();
begin
    -- A microsecond apart, and so in this order.
    return array(select private.id_at(us, v_random) from generate_series(v_us, v_us + p_number - 1) us);
end;
$$;


ALTER FUNCTION private.new_ids(p_number integer) OWNER TO devos_api;

--
-- Name: FUNCTION new_ids(p_number integer); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.new_ids(p_number integer) IS 'So many new ids that sort as they stand here.';


--
-- Name: normal_capabilities(text[]); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.normal_capabilities(p_capabilities text[]) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- Most tasks require none, and lists of a thousand ask here twice for each.
    if coalesce(cardinality(p_capabilities), 0) = 0 then
        return '{}';
    end if;
    return array(select distinct c from unnest(p_capabilities) c where c is not null order by c);
end;
$$;


ALTER FUNCTION private.normal_capabilities(p_capabilities text[]) OWNER TO devos_api;

--
-- Name: FUNCTION normal_capabilities(p_capabilities text[]); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.normal_capabilities(p_capabilities text[]) IS 'Capabilities sorted and once each, so that equal sets are equal arrays.';


--
-- Name: normal_email(text); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.normal_email(p_email text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
    -- Plain ASCII, lower case in every locale. What only looks like a letter, or turns into one when it is folded, makes no
    -- address here: two accounts never look alike, and nobody is taken for somebody whose mail goes elsewhere.
    select case
        when char_length(p_email) <= 320
         and e.folded ~ '^[a-z0-9.!#$%&''*+/=?^_`{|}~-]+@[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$'
        then e.folded
    end
      from (select lower(btrim(p_email, e' \t\r\n') collate "C")) as e (folded)
$_$;


ALTER FUNCTION private.normal_email(p_email text) OWNER TO devos_api;

--
-- Name: FUNCTION normal_email(p_email text); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.normal_email(p_email text) IS 'The one form of an e-mail address in which it is stored, compared and counted; null for what is no address.';


--
-- Name: note_agent(text, text, uuid, jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.note_agent(p_action text, p_event text, p_agent_id uuid, p_data jsonb DEFAULT '{}'::jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_projects uuid[] := private.agent_project_ids(p_agent_id);
    v_times integer[] := array[cardinality(v_projects)];
begin
    perform private.emit_each(
        array_fill(p_event, v_times), v_projects, array_fill(p_agent_id, v_times), array_fill(p_data - 'key_id', v_times));
    -- A row for each project, with nothing of the others: their supervisors are strangers to each other.
    perform private.audit(p_action, p, p_agent_id, p_data) from unnest(v_projects) p;
end;
$$;


ALTER FUNCTION private.note_agent(p_action text, p_event text, p_agent_id uuid, p_data jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION note_agent(p_action text, p_event text, p_agent_id uuid, p_data jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.note_agent(p_action text, p_event text, p_agent_id uuid, p_data jsonb) IS 'What was done with an agent: one event in each of its projects, and the audit row.';


--
-- Name: note_broker_user(text, bytea, bigint[]); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.note_broker_user(p_agent_key_id text, p_sealed bytea, p_lanes bigint[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- A password that was replaced meanwhile is not the one that the broker knows now.
    update private.broker_users u set lanes = p_lanes where u.agent_key_id = p_agent_key_id and u.sealed = p_sealed
$$;


ALTER FUNCTION private.note_broker_user(p_agent_key_id text, p_sealed bytea, p_lanes bigint[]) OWNER TO devos_jobs;

--
-- Name: FUNCTION note_broker_user(p_agent_key_id text, p_sealed bytea, p_lanes bigint[]); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.note_broker_user(p_agent_key_id text, p_sealed bytea, p_lanes bigint[]) IS 'Job: the broker knows this user, with this password, for these lanes.';


--
-- Name: note_heads(interval, jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.note_heads(p_took interval, p_heads jsonb) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- The dead stay in front of a queue while somebody holds a snapshot, and each look wades through them. Few of them are never
    -- the reason that one took long; then nothing is remembered, and what comes back to an earlier place is seen at once.
    select set_config('devos.heads', coalesce((
        select jsonb_object_agg(n.name, jsonb_build_object('from', n.head, 'until', n.until))
          from (
            select f.key as name, f.value as head,
                   -- A look from here and not from the front makes none of it count longer.
                   coalesce((select o.until from unnest(array[(k.heads -> f.key ->> 'until')::timestamptz]) as o (until)
                              where o.until > statement_timestamp()),
                            statement_timestamp() + greatest(interval '1 second', 10 * p_took)) as until
              from jsonb_each_text(p_heads) f
            union all
            select o.key, o.value ->> 'from', (o.value ->> 'until')::timestamptz
              from jsonb_each(k.heads) o
             where not p_heads ? o.key and (o.value ->> 'until')::timestamptz > statement_timestamp()
             limit 200) n
         where pg_stat_get_dead_tuples('public.tasks'::regclass) > 20000)::text, ''), false)
      from (select coalesce(nullif(current_setting('devos.heads', true), ''), '{}')::jsonb as heads) k
$$;


ALTER FUNCTION private.note_heads(p_took interval, p_heads jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION note_heads(p_took interval, p_heads jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.note_heads(p_took interval, p_heads jsonb) IS 'Remember for this connection, where many dead rows lie, where queues begin that took so long to look into: for a second, or ten
times as long as the look took.';


--
-- Name: note_lane_heads(uuid, text[], uuid[], integer, interval); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.note_lane_heads(p_agent_id uuid, p_kinds text[], p_claimed uuid[], p_limit integer, p_took interval) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select private.note_heads(p_took, coalesce(jsonb_object_agg(h.name, h.head), '{}'))
      from (
        select t.lane_id || ':' || t.queue_priority as name, min(t.run_at) as head
          from public.tasks t where t.id = any (p_claimed) group by t.lane_id, t.queue_priority
        union all
        -- Where nothing was found, although all was looked into, nothing lives; but for what is being created just now.
        (select al.lane_id || ':' || p.priority, statement_timestamp() - interval '5 seconds'
           from public.agent_lanes al, generate_series(1, 4) as p (priority)
          where al.agent_id = p_agent_id and al.kind = any (p_kinds) and coalesce(cardinality(p_claimed), 0) < p_limit
            and not exists (select from public.tasks t
                             where t.id = any (p_claimed) and t.lane_id = al.lane_id and t.queue_priority = p.priority)
          limit 100)) h
$$;


ALTER FUNCTION private.note_lane_heads(p_agent_id uuid, p_kinds text[], p_claimed uuid[], p_limit integer, p_took interval) OWNER TO devos_api;

--
-- Name: FUNCTION note_lane_heads(p_agent_id uuid, p_kinds text[], p_claimed uuid[], p_limit integer, p_took interval); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.note_lane_heads(p_agent_id uuid, p_kinds text[], p_claimed uuid[], p_limit integer, p_took interval) IS 'After a claim that took long: its first task of each lane and priority, and those that have none.';


--
-- Name: note_limit(text, text, public.limits); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.note_limit(p_action text, p_done text, p_limit public.limits) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_said constant jsonb := jsonb_strip_nulls(to_jsonb(p_limit) - '{id,project_id,created_at,updated_at}'::text[]);
begin
    perform private.emit('limit.' || p_done, p_limit.project_id, p_limit.id, v_said);
    perform private.audit('limit.' || p_action, p_limit.project_id, p_limit.id, v_said);
    -- There may be more room than before.
    perform private.wake_limited(array[p_limit.project_id]);
    perform private.enqueue('tasks.ready', array[jsonb_build_object('kind', p_limit.kind)]) where p_limit.kind is not null;
end;
$$;


ALTER FUNCTION private.note_limit(p_action text, p_done text, p_limit public.limits) OWNER TO devos_api;

--
-- Name: FUNCTION note_limit(p_action text, p_done text, p_limit public.limits); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.note_limit(p_action text, p_done text, p_limit public.limits) IS 'Event and audit of what became of a limit; and those who wait for room look again.';


--
-- Name: schedule_runs; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.schedule_runs (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    schedule_id uuid NOT NULL,
    scheduled_for timestamp with time zone NOT NULL,
    missed_until timestamp with time zone,
    outcome text NOT NULL,
    reason text,
    is_manual boolean NOT NULL,
    task_id uuid,
    is_open boolean NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT schedule_runs_outcome CHECK ((outcome = ANY (ARRAY['created'::text, 'skipped'::text, 'missed'::text, 'failed'::text])))
);

ALTER TABLE ONLY public.schedule_runs FORCE ROW LEVEL SECURITY;


ALTER TABLE public.schedule_runs OWNER TO devos_owner;

--
-- Name: TABLE schedule_runs; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.schedule_runs IS 'What became of each instant of a schedule; a link to the task that it made.';


--
-- Name: COLUMN schedule_runs.missed_until; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.schedule_runs.missed_until IS 'Of missed runs: from scheduled_for up to here nothing ran.';


--
-- Name: COLUMN schedule_runs.is_open; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.schedule_runs.is_open IS 'Its task may still be under way; cleared when that was looked at.';


--
-- Name: schedules; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.schedules (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL,
    cron text NOT NULL,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    missed_runs text DEFAULT 'run_once'::text NOT NULL,
    overlap text DEFAULT 'skip'::text NOT NULL,
    task jsonb NOT NULL,
    is_paused boolean DEFAULT false NOT NULL,
    planned_from timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    next_run_at timestamp with time zone,
    last_run_at timestamp with time zone,
    last_outcome text,
    failures integer DEFAULT 0 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT schedules_cron_length CHECK (((char_length(cron) >= 9) AND (char_length(cron) <= 200))),
    CONSTRAINT schedules_missed_runs CHECK ((missed_runs = ANY (ARRAY['skip'::text, 'run_once'::text, 'run_all'::text]))),
    CONSTRAINT schedules_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT schedules_overlap CHECK ((overlap = ANY (ARRAY['skip'::text, 'queue'::text, 'cancel_previous'::text]))),
    CONSTRAINT schedules_task_is_known CHECK (((jsonb_typeof(task) = 'object'::text) AND (octet_length((task)::text) <= 524288) AND (task ?& ARRAY['kind'::text, 'title'::text]) AND ((task - ARRAY['kind'::text, 'title'::text, 'description'::text, 'priority'::text, 'required_capabilities'::text, 'input'::text, 'max_retries'::text, 'retry_policy'::text, 'assigned_agent_id'::text, 'tags'::text, 'related_task_ids'::text, 'timeout_seconds'::text, 'resource_requirements'::text, 'expected_artifacts'::text, 'acceptance'::text, 'concurrency_key'::text]) = '{}'::jsonb))),
    CONSTRAINT schedules_time_zone_length CHECK (((char_length(time_zone) >= 1) AND (char_length(time_zone) <= 100)))
);

ALTER TABLE ONLY public.schedules FORCE ROW LEVEL SECURITY;


ALTER TABLE public.schedules OWNER TO devos_owner;

--
-- Name: TABLE schedules; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.schedules IS 'When a project wants which task: a cron expression in a time zone, and what a task of it is like.';


--
-- Name: COLUMN schedules.planned_from; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.schedules.planned_from IS 'The first run comes after this: when it was made, when its times were changed, or when it was resumed.';


--
-- Name: COLUMN schedules.failures; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.schedules.failures IS 'How many runs failed one after the other.';


--
-- Name: note_schedule_run(public.schedules, timestamp with time zone, text, uuid, text, timestamp with time zone, boolean); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.note_schedule_run(p_schedule public.schedules, p_scheduled_for timestamp with time zone, p_outcome text, p_task_id uuid DEFAULT NULL::uuid, p_reason text DEFAULT NULL::text, p_missed_until timestamp with time zone DEFAULT NULL::timestamp with time zone, p_is_manual boolean DEFAULT false) RETURNS public.schedule_runs
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_run public.schedule_runs;
begin
    insert into public.schedule_runs (
        id, project_id, schedule_id, scheduled_for, missed_until, outcome, reason, is_manual, task_id, is_open)
    values (private.new_id(), p_schedule.project_id, p_schedule.id, p_scheduled_for, p_missed_until, p_outcome,
            left(p_reason, 1000), p_is_manual, p_task_id, p_task_id is not null)
    returning * into v_run;
    perform private.emit('schedule.' || case p_outcome when 'created' then 'fired' else p_outcome end,
        p_schedule.project_id, p_schedule.id, jsonb_strip_nulls(jsonb_build_object(
            'name', p_schedule.name, 'scheduled_for', p_scheduled_for, 'missed_until', p_missed_until,
            'task_id', p_task_id, 'reason', v_run.reason, 'is_manual', nullif(p_is_manual, false))));
    return v_run;
end;
$$;


ALTER FUNCTION private.note_schedule_run(p_schedule public.schedules, p_scheduled_for timestamp with time zone, p_outcome text, p_task_id uuid, p_reason text, p_missed_until timestamp with time zone, p_is_manual boolean) OWNER TO devos_api;

--
-- Name: FUNCTION note_schedule_run(p_schedule public.schedules, p_scheduled_for timestamp with time zone, p_outcome text, p_task_id uuid, p_reason text, p_missed_until timestamp with time zone, p_is_manual boolean); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.note_schedule_run(p_schedule public.schedules, p_scheduled_for timestamp with time zone, p_outcome text, p_task_id uuid, p_reason text, p_missed_until timestamp with time zone, p_is_manual boolean) IS 'Write down what became of an instant of a schedule, and tell it: schedule.fired, skipped, missed or failed.';


--
-- Name: note_served(uuid[], uuid[]); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.note_served(p_served uuid[], p_projects uuid[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- Of this connection, and only a hint: a claim that does not know it draws lots.
    select set_config('devos.served', (array(
        select o.project from (
            select s.project, 0 as tasks, s.nr from unnest(p_served) with ordinality as s (project, nr)
             where s.project <> all (p_projects)
            union all
            select n.project, count(*), 0 from unnest(p_projects) as n (project) group by n.project) o
         order by o.tasks, o.nr, o.project offset greatest(0, cardinality(p_served) - 100)))::text, false)
$$;


ALTER FUNCTION private.note_served(p_served uuid[], p_projects uuid[]) OWNER TO devos_api;

--
-- Name: FUNCTION note_served(p_served uuid[], p_projects uuid[]); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.note_served(p_served uuid[], p_projects uuid[]) IS 'Projects that got their turn go behind those that did not, the one that got most last.';


--
-- Name: note_starts(jsonb); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.note_starts(p_taken jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update private.limit_rooms r
       set starts = array(select s.at from unnest(r.starts) as s (at)
                           where s.at > clock_timestamp() - m.rate_seconds * interval '1 second' order by s.at)
                    || array_fill(clock_timestamp(), array[t.tasks::integer])
      from jsonb_each_text(p_taken) as t (room, tasks)
      join public.limits m on m.id = left(t.room, 36)::uuid and m.rate_count is not null
     where r.limit_id = m.id and r.concurrency_key = substr(t.room, 38)
$$;


ALTER FUNCTION private.note_starts(p_taken jsonb) OWNER TO devos_jobs;

--
-- Name: FUNCTION note_starts(p_taken jsonb); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.note_starts(p_taken jsonb) IS 'So many tasks began now in rooms with a rate: {"<limit id> <key>": tasks}. The caller has locked them.';


--
-- Name: oldest_transaction(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.oldest_transaction() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object(
               'application', a.application_name, 'seconds', extract(epoch from clock_timestamp() - a.xact_start))
      from pg_catalog.pg_stat_activity a
     where a.datname = current_database() and a.backend_type = 'client backend' and a.pid <> pg_backend_pid()
       and a.xact_start is not null
     order by a.xact_start limit 1
$$;


ALTER FUNCTION private.oldest_transaction() OWNER TO devos_api;

--
-- Name: FUNCTION oldest_transaction(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.oldest_transaction() IS 'For operators: who has had a transaction open the longest. While it is, nothing that died since is vacuumed.';


--
-- Name: open_invitations(text); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.open_invitations(p_email text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select i.id from public.invitations i
     where i.email = p_email and i.accepted_at is null and i.revoked_at is null and i.expires_at > statement_timestamp()
       and private.may_invite(i.created_by, i.role, i.team_id, i.project_id)
     order by i.id
$$;


ALTER FUNCTION private.open_invitations(p_email text) OWNER TO devos_lookup;

--
-- Name: FUNCTION open_invitations(p_email text); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.open_invitations(p_email text) IS 'The open invitations of an e-mail whose owner has been verified; not those of somebody who may no longer ask people in.';


--
-- Name: open_secret(uuid, text, text, text); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.open_secret(p_project_id uuid, p_kind text, p_name text, p_purpose text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_secret public.secrets;
begin
    select s.* into v_secret from public.secrets s
     where s.kind = p_kind and s.name = p_name
       and (s.project_id = p_project_id
            or s.team_id = (select p.team_id from public.projects p where p.id = p_project_id))
     order by s.project_id is null limit 1;
    if not found then
        return null;
    end if;
    perform private.audit('secret.use', p_project_id, v_secret.id, jsonb_build_object(
        'name', p_name, 'kind', p_kind, 'version', v_secret.version, 'team_id', v_secret.team_id, 'purpose', p_purpose));
    return (select jsonb_build_object('project_id', v_secret.project_id, 'team_id', v_secret.team_id, 'name', p_name,
                       'key_id', v.key_id, 'sealed', encode(v.sealed, 'base64'))
              from private.secret_values v where v.secret_id = v_secret.id);
end;
$$;


ALTER FUNCTION private.open_secret(p_project_id uuid, p_kind text, p_name text, p_purpose text) OWNER TO devos_jobs;

--
-- Name: FUNCTION open_secret(p_project_id uuid, p_kind text, p_name text, p_purpose text); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.open_secret(p_project_id uuid, p_kind text, p_name text, p_purpose text) IS 'Job: the sealed secret that a project uses under a name, its own before its team''s; null when there is none. Each use is audited.';


--
-- Name: open_session(uuid, text, text, inet, text); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.open_session(p_user_id uuid, p_refresh_token text, p_user_agent text, p_ip inet, p_encrypted_password text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid := private.new_id();
begin
    -- Whoever bans a person or changes the password writes this row and then ends the sessions: ours is among them, or never opened.
    update auth.users u set last_sign_in_at = statement_timestamp()
     where u.id = p_user_id and u.deleted_at is null and coalesce(u.banned_until <= statement_timestamp(), true)
       and coalesce(u.encrypted_password = p_encrypted_password, p_encrypted_password is null);
    if not found then
        return null;
    end if;
    insert into auth.sessions (id, user_id, user_agent, ip, not_after)
    values (v_id, p_user_id, left(p_user_agent, 500), p_ip, statement_timestamp() + interval '30 days');
    insert into auth.refresh_tokens (session_id, user_id, token) values (v_id, p_user_id, p_refresh_token);
    return private.describe_session(v_id);
end;
$$;


ALTER FUNCTION private.open_session(p_user_id uuid, p_refresh_token text, p_user_agent text, p_ip inet, p_encrypted_password text) OWNER TO devos_api;

--
-- Name: FUNCTION open_session(p_user_id uuid, p_refresh_token text, p_user_agent text, p_ip inet, p_encrypted_password text); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.open_session(p_user_id uuid, p_refresh_token text, p_user_agent text, p_ip inet, p_encrypted_password text) IS 'A session of a person who has shown who they are, with the hash of its first refresh token. Null when the person is banned or gone, or the password is no longer the one that was checked.';


--
-- Name: open_tasks_of(uuid); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.open_tasks_of(p_schedule_id uuid) RETURNS uuid[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- Looked at once after its end: the tasks themselves know nothing of schedules.
    update public.schedule_runs r set is_open = false
     where r.schedule_id = p_schedule_id and r.is_open
       and not exists (select from public.tasks t where t.id = r.task_id and t.state not in ('completed', 'failed', 'cancelled'));
    return array(
        select t.id from public.schedule_runs r join public.tasks t on t.id = r.task_id
         where r.schedule_id = p_schedule_id and r.is_open and t.state not in ('completed', 'failed', 'cancelled')
         order by t.id for no key update of t);
end;
$$;


ALTER FUNCTION private.open_tasks_of(p_schedule_id uuid) OWNER TO devos_jobs;

--
-- Name: FUNCTION open_tasks_of(p_schedule_id uuid); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.open_tasks_of(p_schedule_id uuid) IS 'The tasks of a schedule that have not ended, locked.';


--
-- Name: owes_outputs(text, bytea); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.owes_outputs(p_key_id text, p_key_hash bytea) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_agent uuid := private.authenticate_agent(p_key_id, p_key_hash);
begin
    perform set_config('request.jwt.claims', format('{"role":"agent","agent_id":"%s"}', v_agent), true) where v_agent is not null;
    return exists (
        select from public.agent_lanes al
          join public.lanes l on l.id = al.lane_id
         cross join lateral private.kinds_of(l.project_id, l.kind) k
         where al.agent_id = v_agent and k.output_schema is not null);
end;
$$;


ALTER FUNCTION private.owes_outputs(p_key_id text, p_key_hash bytea) OWNER TO devos_api;

--
-- Name: FUNCTION owes_outputs(p_key_id text, p_key_hash bytea); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.owes_outputs(p_key_id text, p_key_hash bytea) IS 'Whether any work that the agent of this key may take is of a kind that says what a result looks like.';


--
-- Name: pick_limited(uuid, text[], integer, uuid[], bigint); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.pick_limited(p_agent_id uuid, p_kinds text[], p_limit integer, p_served uuid[], p_seed bigint) RETURNS uuid[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    v_lanes bigint[];
    v_priorities integer[];
    v_rooms text[];
    v_left jsonb;
    v_taken jsonb := '{}';
    v_lane record;
    v_found uuid[];
    v_ids uuid[] := '{}';
begin
    if p_limit = 0 then
        return v_ids;
    end if;
    -- What the silent hold is in the way here. Before any room is locked: after that, nobody waits for anything.
    perform private.reap_unasked();
    select array_agg(l.lane_id), array_agg(l.priority) into v_lanes, v_priorities
      from (select d.lane_id, d.priority
              -- Apart: only where something is due is the room looked at.
              from (select c.* from (select p.priority, al.lane_id, al.is_limited
                      from generate_series(1, 4) as p (priority), public.agent_lanes al
                     where al.agent_id = p_agent_id and al.kind = any (p_kinds)
                     order by p.priority, array_position(p_served, al.project_id) nulls first,
                              uuid_hash_extended(al.project_id, p_seed), hashint8extended(al.lane_id, p_seed)) as c
             cross join lateral (
                select from public.tasks q
                 where q.lane_id = c.lane_id and q.queue_priority = c.priority and q.state = 'pending'
                   and q.open_dependencies = 0 and q.run_at <= statement_timestamp()
                 order by q.run_at, q.id limit 1) as due
             offset 0) d
             where not d.is_limited or coalesce((
                select min(private.room_left(m.room, 1)) from private.rooms_of(d.lane_id) m), 1) > 0
             limit p_limit) l;
    if v_lanes is null then
        return v_ids;
    end if;
    v_rooms := array(select distinct m.room from unnest(v_lanes) as l (id) cross join lateral private.rooms_of(l.id) m);
    perform private.enter_rooms(v_rooms);
    -- Counted anew: this statement sees what those committed who were here before.
    select coalesce(jsonb_object_agg(r, private.room_left(r, p_limit)), '{}') into v_left from unnest(v_rooms) r;
    for v_lane in
        select l.id, l.priority, array(select m.room from private.rooms_of(l.id) m) as rooms
          from unnest(v_lanes, v_priorities) with ordinality as l (id, priority, nr) order by l.nr
    loop
        v_found := array(
            select q.id from public.tasks q
             where q.lane_id = v_lane.id and q.queue_priority = v_lane.priority and q.state = 'pending'
               and q.open_dependencies = 0 and q.run_at <= statement_timestamp()
             order by q.run_at, q.id
             limit least(p_limit - cardinality(v_ids), (
                -- A limit that came in between has no room here: the next claim knows it.
                select min(greatest(0, (v_left ->> r)::integer - coalesce((v_taken ->> r)::integer, 0)))
                  from unnest(v_lane.rooms) r))
             for update skip locked);
        v_ids := v_ids || v_found;
        select v_taken || coalesce(jsonb_object_agg(r, coalesce((v_taken ->> r)::integer, 0) + cardinality(v_found)), '{}')
          into v_taken from unnest(v_lane.rooms) r where cardinality(v_found) > 0;
        exit when cardinality(v_ids) = p_limit;
    end loop;
    perform private.note_starts(v_taken) where v_taken <> '{}';
    return v_ids;
end;
$$;


ALTER FUNCTION private.pick_limited(p_agent_id uuid, p_kinds text[], p_limit integer, p_served uuid[], p_seed bigint) OWNER TO devos_jobs;

--
-- Name: FUNCTION pick_limited(p_agent_id uuid, p_kinds text[], p_limit integer, p_served uuid[], p_seed bigint); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.pick_limited(p_agent_id uuid, p_kinds text[], p_limit integer, p_served uuid[], p_seed bigint) IS 'The next tasks of an agent that has lanes with limits, locked, and no more of them than there is room for: like the look of
claim_for, but under a lock on every room that the tasks must fit into.';


--
-- Name: priority_name(smallint); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.priority_name(p_priority smallint) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    select (array['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'])[p_priority]
$$;


ALTER FUNCTION private.priority_name(p_priority smallint) OWNER TO devos_api;

--
-- Name: FUNCTION priority_name(p_priority smallint); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.priority_name(p_priority smallint) IS 'The name that callers use for a priority, which SQL stores as its number.';


--
-- Name: project_ids_of(uuid); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.project_ids_of(p_user_id uuid) RETURNS uuid[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if exists (select from public.user_roles r where r.user_id = p_user_id and r.role = 'admin') then
        return array(select p.id from public.projects p);
    end if;
    return array(
        select m.project_id from public.project_members m where m.user_id = p_user_id
         union
        select p.id from public.team_members m join public.projects p on p.team_id = m.team_id where m.user_id = p_user_id);
end;
$$;


ALTER FUNCTION private.project_ids_of(p_user_id uuid) OWNER TO devos_lookup;

--
-- Name: FUNCTION project_ids_of(p_user_id uuid); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.project_ids_of(p_user_id uuid) IS 'The projects that a person may see, as their member or a member of their team; empty for no one.';


--
-- Name: prune_auth(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.prune_auth() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_gone bigint;
    v_more bigint;
begin
    delete from private.rate_limits l where l.full_at < statement_timestamp();
    get diagnostics v_gone = row_count;
    delete from private.auth_flows f where f.expires_at < statement_timestamp();
    get diagnostics v_more = row_count;
    v_gone := v_gone + v_more;
    -- On Supabase its own Auth keeps the accounts, and nothing of them is ours to remove.
    if has_schema_privilege('auth', 'usage') and has_table_privilege('auth.refresh_tokens', 'delete') then
        delete from auth.sessions s where s.not_after < statement_timestamp();
        get diagnostics v_more = row_count;
        v_gone := v_gone + v_more;
        delete from auth.refresh_tokens t where t.revoked and t.updated_at < statement_timestamp() - interval '30 days';
        get diagnostics v_more = row_count;
        v_gone := v_gone + v_more;
    end if;
    return v_gone;
end;
$$;


ALTER FUNCTION private.prune_auth() OWNER TO devos_api;

--
-- Name: FUNCTION prune_auth(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.prune_auth() IS 'Job: forget allowances that are full again, sign-ins that did not come back, sessions that have ended, and refresh tokens used over 30 days ago. Returns how many.';


--
-- Name: prune_idempotency_keys(); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.prune_idempotency_keys() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with gone as (
        delete from private.idempotency_keys k where k.created_at < statement_timestamp() - interval '24 hours' returning 1
    )
    select count(*) from gone
$$;


ALTER FUNCTION private.prune_idempotency_keys() OWNER TO devos_jobs;

--
-- Name: FUNCTION prune_idempotency_keys(); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.prune_idempotency_keys() IS 'Job: forget keyed answers after 24 hours. Returns how many.';


--
-- Name: prune_schedule_runs(integer, integer); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.prune_schedule_runs(p_days integer, p_limit integer DEFAULT 1000) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_gone integer;
begin
    -- Ids begin with their time. What is kept, at the most one of a schedule and those under way, lies in front of them.
    delete from public.schedule_runs r
     where r.id = any (array(
        select o.id from public.schedule_runs o
         where o.id < private.first_id_at(statement_timestamp() - greatest(p_days, 1) * interval '1 day')
           -- Not exists: that would read all runs to join them.
           and o.id < (select n.id from public.schedule_runs n
                        where n.project_id = o.project_id and n.schedule_id = o.schedule_id order by n.id desc limit 1)
           -- Of a task under way the schedule must know: it may have to wait for it, or to cancel it.
           and not exists (select from public.tasks t
                            where t.id = o.task_id and t.state not in ('completed', 'failed', 'cancelled'))
         order by o.id limit p_limit
         -- Its schedule may be closing it just now.
         for update of o skip locked));
    get diagnostics v_gone = row_count;
    return v_gone;
end;
$$;


ALTER FUNCTION private.prune_schedule_runs(p_days integer, p_limit integer) OWNER TO devos_jobs;

--
-- Name: FUNCTION prune_schedule_runs(p_days integer, p_limit integer); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.prune_schedule_runs(p_days integer, p_limit integer) IS 'Job: forget runs of schedules older than so many days, p_limit at a time: but the last of each schedule, and those whose task has
not ended. Returns how many.';


--
-- Name: read_delivery(uuid); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.read_delivery(p_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object(
               'id', d.id, 'project_id', d.project_id, 'event', d.event, 'state', d.state,
               'body', encode(d.body, 'base64'), 'repository', to_jsonb(r))
      from public.webhook_deliveries d
      join public.repositories r on r.id = d.repository_id
     where d.id = p_id
$$;


ALTER FUNCTION private.read_delivery(p_id uuid) OWNER TO devos_jobs;

--
-- Name: FUNCTION read_delivery(p_id uuid); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.read_delivery(p_id uuid) IS 'Job: a stored delivery with its repository; the body as base64.';


--
-- Name: read_feed(xid8, bigint, integer); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.read_feed(p_after_xid xid8, p_after_id bigint, p_limit integer) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object(
        'events', coalesce((
            select jsonb_agg(to_jsonb(found) order by found.xid, found.id) from (
                select e.xid, e.id, e.xid || '.' || e.id as cursor, e.type, e.project_id, e.subject_id, e.actor_kind,
                       e.actor_id, e.data, e.at
                  from public.events e
                 where (e.xid, e.id) > (p_after_xid, p_after_id) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
                 order by e.xid, e.id
                 limit least(p_limit, 1000)) found), '[]'),
        -- Not held back by who still runs: somebody who is out must see nothing that was committed after that.
        'access', coalesce((
            select jsonb_agg(e.id) from public.events e
             where (e.xid, e.id) > (p_after_xid, p_after_id)
               and (e.type like 'project.%' or e.type like 'team.%' or e.type like 'user.%' or e.type like 'invitation.%')), '[]'))
$$;


ALTER FUNCTION private.read_feed(p_after_xid xid8, p_after_id bigint, p_limit integer) OWNER TO devos_lookup;

--
-- Name: FUNCTION read_feed(p_after_xid xid8, p_after_id bigint, p_limit integer); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.read_feed(p_after_xid xid8, p_after_id bigint, p_limit integer) IS 'Events of all projects after a cursor, in commit order, for an API process that reads them once and shows each caller its own;
and the ids of all committed events after it that may change who sees what.';


--
-- Name: read_feedback(uuid); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.read_feedback(p_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object(
               'id', f.id, 'project_id', f.project_id, 'state', f.state, 'number', f.number, 'kind', f.kind, 'content', f.content,
               'full_name', r.full_name)
      from public.pull_request_feedback f
      join public.repositories r on r.id = f.repository_id
     where f.id = p_id
$$;


ALTER FUNCTION private.read_feedback(p_id uuid) OWNER TO devos_jobs;

--
-- Name: FUNCTION read_feedback(p_id uuid); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.read_feedback(p_id uuid) IS 'Job: feedback that waits to be posted.';


--
-- Name: reap_unasked(); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.reap_unasked() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_claims text := current_setting('request.jwt.claims', true);
    v_heads jsonb := nullif(current_setting('devos.heads', true), '');
    v_began timestamptz := clock_timestamp();
    v_reaped integer;
begin
    if not exists (
        select from public.tasks t
         where t.state = 'running' and t.lease_expires_at <= statement_timestamp()
           and t.lease_expires_at >= case when v_heads is null then '-infinity' else private.head_of(v_heads, 'leases') end
    ) then
        if clock_timestamp() - v_began > interval '20 milliseconds' then
            perform private.note_heads(clock_timestamp() - v_began,
                jsonb_build_object('leases', statement_timestamp() - interval '5 seconds'));
        end if;
        return 0;
    end if;
    -- Nobody asked for it: the events name no agent.
    perform set_config('request.jwt.claims', '', true);
    v_reaped := public.reap_expired_leases();
    perform set_config('request.jwt.claims', v_claims, true);
    return v_reaped;
end;
$$;


ALTER FUNCTION private.reap_unasked() OWNER TO devos_jobs;

--
-- Name: FUNCTION reap_unasked(); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.reap_unasked() IS 'Take tasks back from silent agents while another one is here: the worker, which does so by the second, may be away. Returns how many.';


--
-- Name: recall_answer(text, text, text, bytea); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.recall_answer(p_caller text, p_route text, p_key text, p_body_digest bytea) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_known private.idempotency_keys;
begin
    -- A second request with the same key waits here until the first has committed or gone back.
    insert into private.idempotency_keys (caller, route, key, body_digest)
    values (p_caller, p_route, p_key, p_body_digest)
    on conflict do nothing;
    if found then
        return null;
    end if;
    select * into v_known from private.idempotency_keys k
     where k.caller = p_caller and k.route = p_route and k.key = p_key;
    if v_known.body_digest <> p_body_digest then
        perform private.fail(409, 'idempotency_key_reused', 'This Idempotency-Key was used for another request.',
            'Send a new key, or the same body.');
    end if;
    return v_known.answer;
end;
$$;


ALTER FUNCTION private.recall_answer(p_caller text, p_route text, p_key text, p_body_digest bytea) OWNER TO devos_api;

--
-- Name: FUNCTION recall_answer(p_caller text, p_route text, p_key text, p_body_digest bytea); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.recall_answer(p_caller text, p_route text, p_key text, p_body_digest bytea) IS 'Null: the key is new and now held by this transaction. Else the answer given before. PT409 idempotency_key_reused.';


--
-- Name: refresh_session(text, text); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.refresh_session(p_token text, p_next text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_session record;
    v_token record;
begin
    -- The session first: two refreshes stand in line here, and whoever ends it, ends it before or after both.
    select s.id, s.user_id into v_session
      from auth.sessions s
      join auth.refresh_tokens t on t.session_id = s.id
     where t.token = p_token and s.not_after > statement_timestamp()
       for no key update of s;
    select t.revoked, t.updated_at > clock_timestamp() - interval '10 seconds' as just_now into v_token
      from auth.refresh_tokens t
      join auth.users u on u.id = v_session.user_id
     where t.token = p_token and u.deleted_at is null and coalesce(u.banned_until <= statement_timestamp(), true);
    if not found then
        return jsonb_build_object('outcome', 'unknown', 'session', null);
    end if;
    if v_token.revoked and not v_token.just_now then
        -- Somebody else has had it: everything that came of it ends. Returned, not raised, or it would not end.
        delete from auth.sessions s where s.id = v_session.id;
        perform private.audit('session.reuse', null, v_session.user_id, jsonb_build_object('session_id', v_session.id));
        return jsonb_build_object('outcome', 'reused', 'session', null);
    end if;
    update auth.refresh_tokens t set revoked = true, updated_at = clock_timestamp() where t.token = p_token and not t.revoked;
    -- The next token follows from this one, so two tabs, or one whose answer was lost, go on with the same.
    insert into auth.refresh_tokens (session_id, user_id, token, parent)
    values (v_session.id, v_session.user_id, p_next, p_token)
    on conflict (token) do nothing;
    update auth.sessions s
       set refreshed_at = statement_timestamp(), not_after = statement_timestamp() + interval '30 days'
     where s.id = v_session.id;
    return jsonb_build_object('outcome', 'refreshed', 'session', private.describe_session(v_session.id));
end;
$$;


ALTER FUNCTION private.refresh_session(p_token text, p_next text) OWNER TO devos_api;

--
-- Name: FUNCTION refresh_session(p_token text, p_next text); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.refresh_session(p_token text, p_next text) IS 'Trade a refresh token (both by their hashes) for the next one: {outcome: refreshed, session}. The same token again within ten seconds gets the same next one; later {outcome: reused}, and the session has ended. Else {outcome: unknown}.';


--
-- Name: refuse_change(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.refuse_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.fail(409, 'append_only', format('Rows of %s are never changed or removed.', tg_table_name));
    return null;
end;
$$;


ALTER FUNCTION private.refuse_change() OWNER TO devos_api;

--
-- Name: FUNCTION refuse_change(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.refuse_change() IS 'Trigger of append-only tables: PT409 append_only.';


--
-- Name: refuse_edit(uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.refuse_edit(p_task_id uuid) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_task public.tasks := public.read_task(p_task_id);
begin
    if v_task.state not in ('pending', 'blocked') then
        perform private.fail(409, 'task_not_editable', format('The task is %s; only one that waits is edited.', v_task.state),
            'Cancel it, or create another one.');
    end if;
    perform private.fail(412, 'version_changed', 'Somebody else has edited the task.', 'Read it again, then decide.');
end;
$$;


ALTER FUNCTION private.refuse_edit(p_task_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION refuse_edit(p_task_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.refuse_edit(p_task_id uuid) IS 'Why an edit changed nothing: PT404 task_not_found, PT409 task_not_editable, PT412 version_changed.';


--
-- Name: refuse_lease(uuid, uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.refuse_lease(p_agent_id uuid, p_task_id uuid) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if exists (select from public.tasks t where t.id = p_task_id and t.agent_id = p_agent_id)
       or exists (select from public.task_attempts a where a.task_id = p_task_id and a.agent_id = p_agent_id) then
        perform private.fail(409, 'lease_lost', 'The lease of this task has passed.',
            'Stop the work: another attempt has it, or it has ended.');
    end if;
    perform private.fail(404, 'task_not_found', 'There is no such task.', 'Only the agent that claimed a task may write to it.');
end;
$$;


ALTER FUNCTION private.refuse_lease(p_agent_id uuid, p_task_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION refuse_lease(p_agent_id uuid, p_task_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.refuse_lease(p_agent_id uuid, p_task_id uuid) IS 'Explain a missed lease: PT409 lease_lost to an agent that once held the task, PT404 task_not_found to a stranger.';


--
-- Name: refuse_registration(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.refuse_registration() RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if exists (select from public.registration_tokens t
                where t.id = (select private.my_registration_token()) and t.uses = t.max_uses) then
        perform private.fail(409, 'registration_token_used_up', 'This registration token was used as often as it may be.',
            'Ask a supervisor for a new one.');
    end if;
    perform private.fail(401, 'not_signed_in', 'The token is not valid.', 'Ask a supervisor for a new registration token.');
end;
$$;


ALTER FUNCTION private.refuse_registration() OWNER TO devos_api;

--
-- Name: FUNCTION refuse_registration(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.refuse_registration() IS 'Why nothing was counted. PT401 not_signed_in, PT409 registration_token_used_up.';


--
-- Name: refuse_successor(public.tasks, text, smallint); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.refuse_successor(p_task public.tasks, p_key text, p_priority smallint) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if p_priority < p_task.priority then
        perform private.fail(422, 'priority_too_high', 'What an agent adds is not more urgent than its own task.',
            'Leave the priority out to take that of the task.');
    end if;
    if (select count(*) from private.task_successors s
         where s.task_id = p_task.id and s.attempt = p_task.attempt and s.agent_id is not null
           and s.key is distinct from p_key) >= 100 then
        perform private.fail(409, 'too_many_successors', 'An attempt adds 100 tasks at the most.',
            'Add one task that goes on from there.');
    end if;
end;
$$;


ALTER FUNCTION private.refuse_successor(p_task public.tasks, p_key text, p_priority smallint) OWNER TO devos_api;

--
-- Name: FUNCTION refuse_successor(p_task public.tasks, p_key text, p_priority smallint); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.refuse_successor(p_task public.tasks, p_key text, p_priority smallint) IS 'What an agent may not add behind its task. PT409 too_many_successors, PT422 priority_too_high.';


--
-- Name: refuse_transition(); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.refuse_transition() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_from text := case when tg_op = 'UPDATE' then to_jsonb(old) ->> 'state' end;
    v_allowed text;
begin
    select string_agg(t.to_state, ', ' order by t.to_state) into v_allowed
      from public.state_transitions t
     where t.machine = tg_argv[0] and t.from_state is not distinct from v_from;
    perform private.fail(409, 'illegal_transition',
        format('A %s cannot go from %s to %s.', tg_argv[0], coalesce(v_from, 'nothing'), to_jsonb(new) ->> 'state'),
        format('Allowed from here: %s.', coalesce(v_allowed, 'nothing, it is final')));
    return null;
end;
$$;


ALTER FUNCTION private.refuse_transition() OWNER TO devos_lookup;

--
-- Name: FUNCTION refuse_transition(); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.refuse_transition() IS 'Trigger: PT409 illegal_transition. Its WHEN list, made by guard_transitions, lets allowed moves pass without a call.';


--
-- Name: refuse_version(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.refuse_version() RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.fail(412, 'version_changed', 'Somebody has changed this since you read it.',
        'Read it again, and send your change with the ETag of that answer in If-Match.');
end;
$$;


ALTER FUNCTION private.refuse_version() OWNER TO devos_api;

--
-- Name: FUNCTION refuse_version(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.refuse_version() IS 'PT412 version_changed, for an edit that was made from an older version.';


--
-- Name: registration_token_lives(uuid); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.registration_token_lives(p_token_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- Nobody keeps by a token what they may no longer do themselves.
    select exists (
        select from public.registration_tokens t
          join public.user_roles r on r.user_id = t.created_by
         where t.id = p_token_id and t.revoked_at is null and t.expires_at > statement_timestamp()
           and r.role >= 'supervisor' and private.is_active_user(r.user_id))
$$;


ALTER FUNCTION private.registration_token_lives(p_token_id uuid) OWNER TO devos_lookup;

--
-- Name: FUNCTION registration_token_lives(p_token_id uuid); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.registration_token_lives(p_token_id uuid) IS 'Whether a registration token is neither revoked nor expired, and its creator active and still a supervisor.';


--
-- Name: related_ids(uuid, text); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.related_ids(p_task_id uuid, p_cascade text) RETURNS uuid[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
begin
    return array(
        with recursive found as (
            select t.id, t.project_id from public.tasks t where t.id = p_task_id
            union
            select n.id, f.project_id
              from found f
             cross join lateral (
                select t.id from public.tasks t
                 where p_cascade = 'descendants' and t.project_id = f.project_id and t.parent_task_id = f.id
                 union all
                select d.task_id from public.task_dependencies d
                 where p_cascade = 'dependents' and d.depends_on_id = f.id and d.on_failure <> 'ignore'
                -- As in waits_for_itself.
                offset 0) n
        )
        select f.id from found f where f.id <> p_task_id);
end;
$$;


ALTER FUNCTION private.related_ids(p_task_id uuid, p_cascade text) OWNER TO devos_api;

--
-- Name: FUNCTION related_ids(p_task_id uuid, p_cascade text); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.related_ids(p_task_id uuid, p_cascade text) IS 'All descendants of a task, or all dependents that could not go on without it, by way of others too.';


--
-- Name: relay_hints(); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.relay_hints() RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select cardinality(private.relay_kinds())
$$;


ALTER FUNCTION private.relay_hints() OWNER TO devos_jobs;

--
-- Name: FUNCTION relay_hints(); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.relay_hints() IS 'Job: relay_kinds, for a worker from before it: for how many kinds there is work.';


--
-- Name: relay_kinds(); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.relay_kinds() RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_kinds text[];
begin
    with gone as (
        delete from private.outbox o
         where o.id = any (array(
            select d.id from private.outbox d where d.topic = 'tasks.ready' order by d.id limit 1000 for update skip locked))
        returning o.payload ->> 'kind' as kind
    )
    select array_agg(distinct kind) into v_kinds from gone;
    if v_kinds is not null then
        perform pg_notify('devos_tasks_ready', left(array_to_string(v_kinds, ','), 7900));
    end if;
    return coalesce(v_kinds, '{}');
end;
$$;


ALTER FUNCTION private.relay_kinds() OWNER TO devos_jobs;

--
-- Name: FUNCTION relay_kinds(); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.relay_kinds() IS 'Job: tell every API copy, in one notification, for which kinds there is work, and answer them. A lost hint costs a poll interval.';


--
-- Name: rematch_lanes(uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.rematch_lanes(p_agent_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    delete from public.agent_lanes al
     where al.agent_id = p_agent_id and not exists (
        select from public.lanes l
          join public.agent_projects ap on ap.project_id = l.project_id and ap.agent_id = al.agent_id
          join public.agents a on a.id = ap.agent_id and l.required_capabilities <@ a.capabilities
         where l.id = al.lane_id);
    perform private.match_lanes(p_agent_id, null);
end;
$$;


ALTER FUNCTION private.rematch_lanes(p_agent_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION rematch_lanes(p_agent_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.rematch_lanes(p_agent_id uuid) IS 'The lanes of an agent whose projects or capabilities changed. The caller holds lock_lanes().';


--
-- Name: remember_answer(text, text, text, json); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.remember_answer(p_caller text, p_route text, p_key text, p_answer json) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update private.idempotency_keys k set answer = p_answer
     where k.caller = p_caller and k.route = p_route and k.key = p_key
$$;


ALTER FUNCTION private.remember_answer(p_caller text, p_route text, p_key text, p_answer json) OWNER TO devos_api;

--
-- Name: FUNCTION remember_answer(p_caller text, p_route text, p_key text, p_answer json); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.remember_answer(p_caller text, p_route text, p_key text, p_answer json) IS 'Keep the answer of a keyed request, in the transaction of its effect.';


--
-- Name: report_status(uuid, uuid, text, bigint, jsonb, jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.report_status(p_agent_id uuid, p_task_id uuid, p_status text, p_lease_token bigint, p_output jsonb, p_error jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_action constant text := case p_status when 'completed' then 'complete' when 'failed' then 'fail' when 'pending' then 'release' end;
begin
    if v_action is null then
        perform private.fail(422, 'invalid_status', 'An agent sets its task to completed, failed or pending.',
            'To cancel a task is for people.');
    elsif p_lease_token is null then
        perform private.fail(422, 'lease_token_required', 'An agent says which attempt it speaks for: each claim has its lease token.',
            'Send the lease_token that came with the task.');
    end if;
    if private.finish_tasks(p_agent_id, jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
           'task_id', p_task_id, 'lease_token', p_lease_token, 'action', v_action, 'output', p_output, 'error', p_error))))
       -> 0 ->> 'outcome' = 'lease_lost' then
        perform private.refuse_lease(p_agent_id, p_task_id);
    end if;
end;
$$;


ALTER FUNCTION private.report_status(p_agent_id uuid, p_task_id uuid, p_status text, p_lease_token bigint, p_output jsonb, p_error jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION report_status(p_agent_id uuid, p_task_id uuid, p_status text, p_lease_token bigint, p_output jsonb, p_error jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.report_status(p_agent_id uuid, p_task_id uuid, p_status text, p_lease_token bigint, p_output jsonb, p_error jsonb) IS 'finish_tasks for one task, by the status that its agent gives it. PT404 task_not_found, PT409 lease_lost, PT422 invalid_status,
lease_token_required.';


--
-- Name: requeue(uuid[], uuid[]); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.requeue(p_named uuid[], p_found uuid[] DEFAULT '{}'::uuid[]) RETURNS uuid[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_asked uuid[] := p_named || p_found;
    v_lost record;
    v_ids uuid[];
    v_projects uuid[];
    v_hints jsonb[];
begin
    -- A lease lost goes back to pending too, so the transition guard lets that pass: an agent is at work here.
    perform from public.tasks t where t.id = any (v_asked) order by t.id for update;
    if exists (select from public.tasks t where t.id = any (v_asked) and t.state = 'running') then
        perform private.fail(409, 'illegal_transition', 'A running task cannot be requeued.', 'Cancel it, or wait for its end.');
    end if;
    -- It would wait for ever, or go on without what it was to wait for: that is for somebody to decide.
    select array_agg(d.task_id) as ids, min(d.task_id::text) filter (where d.task_id = any (p_named)) as named
      into v_lost
      from public.task_dependencies d
      join public.tasks t on t.id = d.task_id and t.state in ('failed', 'blocked')
      join public.tasks p on p.id = d.depends_on_id and p.state = 'cancelled'
     where d.task_id = any (v_asked) and d.settled_at is null;
    if v_lost.named is not null then
        perform private.fail(409, 'predecessor_cancelled',
            format('Task %s waits for one that was cancelled and will never be completed.', v_lost.named),
            'Take that away (DELETE /api/tasks/{id}/dependencies/{depends_on_id}), then requeue it: it goes on without.');
    end if;
    -- What waits under a key keeps the lane of that; what had ended may have lost it.
    perform private.ensure_lanes(k.items)
       from (select jsonb_agg(to_jsonb(t)) as items from public.tasks t
              where t.id = any (v_asked) and t.concurrency_key is not null) k where k.items is not null;
    -- The transition guard names what else cannot be requeued; a task that waits already is left as it is.
    with chosen as (
        select t.id from public.tasks t
         where t.id = any (v_asked) and t.state <> 'pending' and t.id <> all (coalesce(v_lost.ids, '{}'))
    ), requeued as (
        update public.tasks t
           set state = 'pending', blocked_reason = null, retry_count = 0, postponed = 0, run_at = statement_timestamp(),
               lane_id = case when t.concurrency_key is null then t.lane_id else (
                   select l.id from public.lanes l
                    where l.project_id = t.project_id and l.kind = t.kind and l.required_capabilities = t.required_capabilities
                      and l.assigned_agent_id is not distinct from t.assigned_agent_id
                      and l.concurrency_key = t.concurrency_key) end,
               queue_priority = t.priority, finished_at = null, cancel_requested_at = null, updated_at = statement_timestamp()
          from chosen c where t.id = c.id
        returning t.id, t.project_id, t.kind
    )
    select array_agg(r.id order by r.id), array_agg(r.project_id order by r.id),
           array_agg(distinct jsonb_build_object('kind', r.kind))
      into v_ids, v_projects, v_hints
      from requeued r;
    if v_ids is null then
        return '{}';
    end if;
    perform private.emit_each(array_fill('task.requeued'::text, array[cardinality(v_ids)]), v_projects, v_ids,
        array_fill('{}'::jsonb, array[cardinality(v_ids)]));
    perform private.audit('task.requeue', x.project_id, x.id) from unnest(v_ids, v_projects) as x (id, project_id);
    perform private.enqueue('tasks.ready', v_hints);
    return v_ids;
end;
$$;


ALTER FUNCTION private.requeue(p_named uuid[], p_found uuid[]) OWNER TO devos_api;

--
-- Name: FUNCTION requeue(p_named uuid[], p_found uuid[]); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.requeue(p_named uuid[], p_found uuid[]) IS 'Put failed or blocked tasks back to pending with all their retries; attempts and checkpoint are kept. Of those that were found
and not named, what waits for a cancelled task is left as it is. PT409 illegal_transition, predecessor_cancelled.';


--
-- Name: require_agent(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_agent() RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_agent uuid := private.my_agent_id();
begin
    if v_agent is null then
        perform private.fail(403, 'agent_required', 'This is for agents.', 'Send an agent key.');
    end if;
    return v_agent;
end;
$$;


ALTER FUNCTION private.require_agent() OWNER TO devos_api;

--
-- Name: FUNCTION require_agent(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_agent() IS 'The calling agent. PT403 agent_required.';


--
-- Name: require_agent_seen(uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_agent_seen(p_agent_id uuid) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if not exists (select from public.agents a where a.id = p_agent_id) then
        perform private.fail(404, 'agent_not_found', 'There is no such agent.', 'List yours with GET /api/agents.');
    end if;
end;
$$;


ALTER FUNCTION private.require_agent_seen(p_agent_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION require_agent_seen(p_agent_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_agent_seen(p_agent_id uuid) IS 'PT404 agent_not_found unless the caller sees this agent.';


--
-- Name: require_amount(numeric); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_amount(p_amount numeric) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- NaN is greater than every number in Postgres, so the upper bound refuses it too.
    if not coalesce(p_amount > 0 and p_amount < 1e12 and p_amount = round(p_amount, 6), false) then
        perform private.fail(422, 'invalid_amount', 'The amount is not one that can be booked.',
            'Send a decimal above 0 and below 10^12, with at most 6 places.');
    end if;
end;
$$;


ALTER FUNCTION private.require_amount(p_amount numeric) OWNER TO devos_api;

--
-- Name: FUNCTION require_amount(p_amount numeric); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_amount(p_amount numeric) IS 'PT422 invalid_amount unless this is an amount of USD that can be booked to the last place.';


--
-- Name: require_artifact_room(uuid, text, bigint, bigint, integer); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_artifact_room(p_task_id uuid, p_name text, p_size_bytes bigint, p_quota_bytes bigint, p_quota_files integer) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_kept record;
    v_left record;
begin
    select coalesce(sum(a.size_bytes), 0) as bytes, coalesce(sum(a.size_bytes) filter (where a.name <> p_name), 0) as other_bytes,
           count(*) as files, count(*) filter (where a.name <> p_name) as other_files
      into v_kept from public.task_artifacts a where a.task_id = p_task_id;
    if v_kept.other_bytes + p_size_bytes > p_quota_bytes or v_kept.other_files >= p_quota_files then
        perform private.fail(409, 'artifact_quota',
            format('The artifacts of a task are at most %s files of %s bytes together.', p_quota_files, p_quota_bytes),
            'Put several files into one archive, or leave some out.');
    end if;
    -- All may be replaced once; what is replaced again and again is to be swept first.
    select coalesce(sum(b.size_bytes), 0) as bytes, count(*) as files
      into v_left from private.artifact_blobs b where b.task_id = p_task_id;
    if v_kept.bytes + v_left.bytes + p_size_bytes > 2 * p_quota_bytes or v_kept.files + v_left.files > 2 * p_quota_files then
        perform private.fail(409, 'artifact_quota',
            'What was replaced, removed or not finished still lies in the store, and there is too much of it.',
            'Write a file again less often: what it replaced is swept within three hours.');
    end if;
end;
$$;


ALTER FUNCTION private.require_artifact_room(p_task_id uuid, p_name text, p_size_bytes bigint, p_quota_bytes bigint, p_quota_files integer) OWNER TO devos_api;

--
-- Name: FUNCTION require_artifact_room(p_task_id uuid, p_name text, p_size_bytes bigint, p_quota_bytes bigint, p_quota_files integer); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_artifact_room(p_task_id uuid, p_name text, p_size_bytes bigint, p_quota_bytes bigint, p_quota_files integer) IS 'PT409 artifact_quota unless the task has room for this file, whose key is taken already: among what it has, and among all that lies there.';


--
-- Name: require_labels(jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_labels(p_labels jsonb) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
    if coalesce(jsonb_typeof(p_labels), '') <> 'object' or p_labels @? 'strict $.* ? (@.type() != "string")' then
        perform private.fail(422, 'invalid_labels', 'Labels are words by keys.', 'Like {"region": "eu", "size": "large"}.');
    end if;
end;
$_$;


ALTER FUNCTION private.require_labels(p_labels jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION require_labels(p_labels jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_labels(p_labels jsonb) IS 'PT422 invalid_labels unless every label is a string.';


--
-- Name: require_other_admin(uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_other_admin(p_user_id uuid) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if not exists (
        select from public.user_roles r
         where r.role = 'admin' and r.user_id <> p_user_id and private.is_active_user(r.user_id)
    ) then
        perform private.fail(409, 'last_admin', 'This is the last admin.', 'Make somebody else an admin first.');
    end if;
end;
$$;


ALTER FUNCTION private.require_other_admin(p_user_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION require_other_admin(p_user_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_other_admin(p_user_id uuid) IS 'PT409 last_admin unless another active person is one. The caller holds lock_admins().';


--
-- Name: require_project(uuid[]); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_project(p_project_ids uuid[]) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if not coalesce(p_project_ids <@ private.my_project_ids(), false) or array_position(p_project_ids, null) > 0 then
        perform private.fail(404, 'project_not_found', 'There is no such project.', 'List yours with GET /api/projects.');
    end if;
end;
$$;


ALTER FUNCTION private.require_project(p_project_ids uuid[]) OWNER TO devos_api;

--
-- Name: FUNCTION require_project(p_project_ids uuid[]); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_project(p_project_ids uuid[]) IS 'PT404 project_not_found unless the caller sees every one of these projects.';


--
-- Name: require_related(jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_related(p_items jsonb) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if exists (
        select from jsonb_to_recordset(p_items) as i (project_id uuid, parent_task_id uuid, related_task_ids uuid[])
         cross join lateral unnest(i.related_task_ids || i.parent_task_id) as r (id)
         where r.id is not null
           and not exists (select from public.tasks t where t.id = r.id and t.project_id = i.project_id)
    ) then
        perform private.fail(404, 'task_not_found', 'There is no such parent or related task.', 'Name tasks of the same project.');
    end if;
end;
$$;


ALTER FUNCTION private.require_related(p_items jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION require_related(p_items jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_related(p_items jsonb) IS 'PT404 task_not_found unless every parent and related task named is a task of its item''s project.';


--
-- Name: require_role(public.app_role); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_role(p_role public.app_role) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if private.my_user_id() is null then
        perform private.fail(401, 'not_signed_in', 'This needs a signed-in person.', 'Sign in and send the token.');
    end if;
    if not coalesce(public.get_my_role() >= p_role, false) then
        perform private.fail(403, 'role_required', format('This needs the role %s.', p_role), 'Ask an admin.');
    end if;
end;
$$;


ALTER FUNCTION private.require_role(p_role public.app_role) OWNER TO devos_api;

--
-- Name: FUNCTION require_role(p_role public.app_role); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_role(p_role public.app_role) IS 'PT401 not_signed_in, PT403 role_required.';


--
-- Name: require_schedulable(uuid, jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_schedulable(p_project_id uuid, p_task jsonb) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_items jsonb := private.with_kind_defaults(private.schedule_items(p_project_id, p_task));
begin
    perform private.require_suitable(v_items);
    perform private.require_related(v_items);
end;
$$;


ALTER FUNCTION private.require_schedulable(p_project_id uuid, p_task jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION require_schedulable(p_project_id uuid, p_task jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_schedulable(p_project_id uuid, p_task jsonb) IS 'Such a task could be created now. PT404 task_not_found, PT422 agent_not_suitable, unknown_kind.';


--
-- Name: require_secret_owner(uuid, uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_secret_owner(p_project_id uuid, p_team_id uuid) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    if p_team_id is not null then
        perform private.require_team(p_team_id);
    end if;
    if p_project_id is not null or p_team_id is null then
        perform private.require_project(array[p_project_id]);
    end if;
end;
$$;


ALTER FUNCTION private.require_secret_owner(p_project_id uuid, p_team_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION require_secret_owner(p_project_id uuid, p_team_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_secret_owner(p_project_id uuid, p_team_id uuid) IS 'PT403 role_required, PT404 project_not_found or team_not_found unless the caller may keep the secrets of this project or team.';


--
-- Name: require_session(); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_session() RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- A token that gives a role would give more than its scopes, and outlive itself.
    if private.claims() ->> 'token_id' is not null then
        perform private.fail(403, 'session_required', 'A token gives nobody a role.', 'Sign in, and do it yourself.');
    end if;
end;
$$;


ALTER FUNCTION private.require_session() OWNER TO devos_api;

--
-- Name: FUNCTION require_session(); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_session() IS 'PT403 session_required for a request that came with an API token.';


--
-- Name: require_suitable(jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_suitable(p_items jsonb) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
    -- Most lists assign nobody, and are not taken apart for it.
    if jsonb_path_exists(p_items, '$[*].assigned_agent_id ? (@ != null)') and exists (
        select from jsonb_to_recordset(p_items) as i (
                   project_id uuid, required_capabilities text[], assigned_agent_id uuid)
         where i.assigned_agent_id is not null and not exists (
            select from public.agents a join public.agent_projects ap on ap.agent_id = a.id
             where a.id = i.assigned_agent_id and a.is_active and ap.project_id = i.project_id
               and private.normal_capabilities(i.required_capabilities) <@ a.capabilities)
    ) then
        perform private.fail(422, 'agent_not_suitable', 'The assigned agent could never claim this task.',
            'It must be an active agent of the project with the required capabilities.');
    end if;
end;
$_$;


ALTER FUNCTION private.require_suitable(p_items jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION require_suitable(p_items jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_suitable(p_items jsonb) IS 'PT422 agent_not_suitable unless each assigned agent belongs to the project, is active and has what the task requires.';


--
-- Name: require_team(uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_team(p_team_id uuid) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if not coalesce(p_team_id = any (private.my_team_ids()), false) then
        perform private.fail(404, 'team_not_found', 'There is no such team.', 'List yours with GET /api/teams.');
    end if;
end;
$$;


ALTER FUNCTION private.require_team(p_team_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION require_team(p_team_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_team(p_team_id uuid) IS 'PT404 team_not_found unless the caller sees the team.';


--
-- Name: require_whole_agent(uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.require_whole_agent(p_agent_id uuid) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    perform private.require_agent_seen(p_agent_id);
    if not private.agent_project_ids(p_agent_id) <@ private.my_project_ids() then
        perform private.fail(403, 'agent_shared', 'This agent works for projects that are not yours, too.',
            'Ask an admin, or take it out of your project.');
    end if;
end;
$$;


ALTER FUNCTION private.require_whole_agent(p_agent_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION require_whole_agent(p_agent_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.require_whole_agent(p_agent_id uuid) IS 'The caller supervises every project of this agent. PT403 role_required, agent_shared, PT404 agent_not_found.';


--
-- Name: reseal_secrets(uuid[], bytea[], text[], bytea[]); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.reseal_secrets(p_ids uuid[], p_were bytea[], p_key_ids text[], p_sealed bytea[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_resealed integer;
begin
    -- A value that was set anew in the meantime is not overwritten with the old one.
    update private.secret_values v set key_id = r.key_id, sealed = r.sealed
      from unnest(p_ids, p_were, p_key_ids, p_sealed) r (id, was, key_id, sealed)
     where v.secret_id = r.id and v.sealed = r.was;
    get diagnostics v_resealed = row_count;
    perform private.audit('secrets.reseal', null, null, jsonb_build_object('key_id', p_key_ids[1], 'secrets', v_resealed));
    return v_resealed;
end;
$$;


ALTER FUNCTION private.reseal_secrets(p_ids uuid[], p_were bytea[], p_key_ids text[], p_sealed bytea[]) OWNER TO devos_jobs;

--
-- Name: FUNCTION reseal_secrets(p_ids uuid[], p_were bytea[], p_key_ids text[], p_sealed bytea[]); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.reseal_secrets(p_ids uuid[], p_were bytea[], p_key_ids text[], p_sealed bytea[]) IS 'Rotation: the same values under other keys; how many there are. Granted to no one.';


--
-- Name: reset_password(text, text); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.reset_password(p_email text, p_encrypted_password text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid;
    v_sessions integer;
    v_tokens integer;
    v_identities integer;
begin
    update auth.users u
       set encrypted_password = p_encrypted_password, updated_at = statement_timestamp(),
           email_confirmed_at = coalesce(u.email_confirmed_at, statement_timestamp()),
           raw_app_meta_data = u.raw_app_meta_data || '{"provider": "email", "providers": ["email"]}'
     where lower(u.email) = private.normal_email(p_email) and u.deleted_at is null
    returning u.id into v_id;
    if not found then
        return null;
    end if;
    -- Every other way in ends: who is given this password is the only one who has any.
    delete from auth.sessions s where s.user_id = v_id;
    get diagnostics v_sessions = row_count;
    update public.api_tokens t set revoked_at = statement_timestamp() where t.user_id = v_id and t.revoked_at is null;
    get diagnostics v_tokens = row_count;
    -- What a thief may have prepared: further people, and agents.
    update public.invitations i set revoked_at = statement_timestamp()
     where i.created_by = v_id and i.accepted_at is null and i.revoked_at is null;
    update public.registration_tokens t set revoked_at = statement_timestamp() where t.created_by = v_id and t.revoked_at is null;
    delete from auth.identities i where i.user_id = v_id;
    get diagnostics v_identities = row_count;
    delete from private.auth_flows f where f.user_id = v_id;
    perform private.audit('password.reset', null, v_id);
    return jsonb_build_object('sessions', v_sessions, 'tokens', v_tokens, 'identities', v_identities);
end;
$$;


ALTER FUNCTION private.reset_password(p_email text, p_encrypted_password text) OWNER TO devos_api;

--
-- Name: FUNCTION reset_password(p_email text, p_encrypted_password text); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.reset_password(p_email text, p_encrypted_password text) IS 'Operator: a new password, and the end of every other way into the account; null for an unknown e-mail. Granted to no one.';


--
-- Name: resume_blocked_tasks(uuid, text); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.resume_blocked_tasks(p_project_id uuid, p_reason text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_ids uuid[];
    v_kinds text[];
begin
    with resumed as (
        update public.tasks t
           set state = 'pending', blocked_reason = null, run_at = statement_timestamp(), updated_at = statement_timestamp()
         where t.project_id = p_project_id and t.state = 'blocked' and t.blocked_reason = p_reason
        returning t.id, t.kind
    )
    select array_agg(r.id), array_agg(distinct r.kind) into v_ids, v_kinds from resumed r;
    if v_ids is null then
        return;
    end if;
    perform private.emit_each(array_fill('task.resumed'::text, array[cardinality(v_ids)]),
        array_fill(p_project_id, array[cardinality(v_ids)]), v_ids,
        array_fill(jsonb_build_object('reason', p_reason), array[cardinality(v_ids)]));
    perform private.enqueue('tasks.ready', array(select jsonb_build_object('kind', k) from unnest(v_kinds) k));
end;
$$;


ALTER FUNCTION private.resume_blocked_tasks(p_project_id uuid, p_reason text) OWNER TO devos_api;

--
-- Name: FUNCTION resume_blocked_tasks(p_project_id uuid, p_reason text); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.resume_blocked_tasks(p_project_id uuid, p_reason text) IS 'Tasks of a project that waited for this reason become pending again.';


--
-- Name: retry_outbox(bigint, text, integer, integer); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.retry_outbox(p_id bigint, p_error text, p_after_seconds integer DEFAULT NULL::integer, p_max_attempts integer DEFAULT 10) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update private.outbox o
       set last_error = left(p_error, 1000),
           gave_up_at = case when o.attempts >= p_max_attempts then statement_timestamp() end,
           run_at = statement_timestamp()
                    + coalesce(p_after_seconds, least(300, 2 ^ least(o.attempts, 10))) * interval '1 second'
     where o.id = p_id
    returning o.gave_up_at is not null
$$;


ALTER FUNCTION private.retry_outbox(p_id bigint, p_error text, p_after_seconds integer, p_max_attempts integer) OWNER TO devos_jobs;

--
-- Name: FUNCTION retry_outbox(p_id bigint, p_error text, p_after_seconds integer, p_max_attempts integer); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.retry_outbox(p_id bigint, p_error text, p_after_seconds integer, p_max_attempts integer) IS 'Job: a delivery failed; try again after a back-off of 2^attempts seconds, 300 at the most. True when it was the last try.';


--
-- Name: return_allowance(text, text, inet); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.return_allowance(p_action text, p_email text, p_address inet) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with mine as (
        select l.bucket, a.refill
          from private.allowances(p_action, p_email, p_address) a
          join private.rate_limits l on l.bucket = a.bucket
         order by l.bucket for update of l
    )
    update private.rate_limits l set full_at = l.full_at - m.refill from mine m where l.bucket = m.bucket
$$;


ALTER FUNCTION private.return_allowance(p_action text, p_email text, p_address inet) OWNER TO devos_api;

--
-- Name: FUNCTION return_allowance(p_action text, p_email text, p_address inet); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.return_allowance(p_action text, p_email text, p_address inet) IS 'Give a try back that succeeded.';


--
-- Name: room_left(text, integer); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.room_left(p_room text, p_most integer) RETURNS integer
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_key constant text := substr(p_room, 38);
    v_limit public.limits;
    v_left integer := p_most;
begin
    select * into v_limit from public.limits m where m.id = left(p_room, 36)::uuid;
    if v_limit.max_running is not null then
        v_left := least(v_left, v_limit.max_running - private.count_running(v_limit, v_key, v_limit.max_running));
    end if;
    if v_limit.rate_count is not null and v_left > 0 then
        v_left := least(v_left, v_limit.rate_count - (
            select count(*) from private.limit_rooms r cross join unnest(r.starts) as s (at)
             where r.limit_id = v_limit.id and r.concurrency_key = v_key
               and s.at > clock_timestamp() - v_limit.rate_seconds * interval '1 second'));
    end if;
    return greatest(v_left, 0);
end;
$$;


ALTER FUNCTION private.room_left(p_room text, p_most integer) OWNER TO devos_jobs;

--
-- Name: FUNCTION room_left(p_room text, p_most integer); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.room_left(p_room text, p_most integer) IS 'How many tasks more there is room for now, p_most at the most. It holds while the room is locked, and is a guess otherwise.';


--
-- Name: room_until(public.limits, text); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.room_until(p_limit public.limits, p_key text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- The oldest of the last so many starts is the next to leave the window.
    select (array(select s.at from unnest(r.starts) as s (at) order by s.at desc))[(p_limit).rate_count]
               + (p_limit).rate_seconds * interval '1 second'
      from private.limit_rooms r
     where r.limit_id = (p_limit).id and r.concurrency_key = p_key and (p_limit).rate_count is not null
$$;


ALTER FUNCTION private.room_until(p_limit public.limits, p_key text) OWNER TO devos_jobs;

--
-- Name: FUNCTION room_until(p_limit public.limits, p_key text); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.room_until(p_limit public.limits, p_key text) IS 'When the rate of a limit lets the next task begin; null where it is not the rate that is in the way.';


--
-- Name: rooms_of(bigint); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.rooms_of(p_lane_id bigint) RETURNS TABLE(limit_id uuid, room text)
    LANGUAGE sql STABLE
    AS $$
    select m.id, m.id || ' ' || case m.scope when 'key' then l.concurrency_key else '' end
      from public.lanes l
      join public.limits m on m.project_id = l.project_id and (m.kind is null or m.kind = l.kind)
       and (m.scope <> 'key' or l.concurrency_key is not null)
     where l.id = p_lane_id
$$;


ALTER FUNCTION private.rooms_of(p_lane_id bigint) OWNER TO devos_api;

--
-- Name: FUNCTION rooms_of(p_lane_id bigint); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.rooms_of(p_lane_id bigint) IS 'What the tasks of a lane must fit into: "<limit id> <key>" for each limit that counts them, the key for limits on keys.';


--
-- Name: schedule_items(uuid, jsonb); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.schedule_items(p_project_id uuid, p_task jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_array(p_task - 'retry_policy' || jsonb_build_object(
        'project_id', p_project_id,
        'priority', array_position(array['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'], p_task ->> 'priority'),
        'retry_base_seconds', p_task #> '{retry_policy,base_seconds}',
        'retry_cap_seconds', p_task #> '{retry_policy,cap_seconds}'))
$$;


ALTER FUNCTION private.schedule_items(p_project_id uuid, p_task jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION schedule_items(p_project_id uuid, p_task jsonb); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.schedule_items(p_project_id uuid, p_task jsonb) IS 'The task of a schedule as creation takes it: a list of one.';


--
-- Name: search_agents(uuid[], text, jsonb, uuid, integer); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.search_agents(p_project_ids uuid[], p_capability text, p_label jsonb, p_after uuid, p_limit integer) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select a.id from public.agents a
     where a.id in (select ap.agent_id from public.agent_projects ap where ap.project_id = any (p_project_ids))
       and (p_capability is null or a.capabilities @> array[p_capability])
       and (p_label is null or a.labels @> p_label)
       and (p_after is null or a.id > p_after)
     order by a.id limit p_limit
$$;


ALTER FUNCTION private.search_agents(p_project_ids uuid[], p_capability text, p_label jsonb, p_after uuid, p_limit integer) OWNER TO devos_lookup;

--
-- Name: FUNCTION search_agents(p_project_ids uuid[], p_capability text, p_label jsonb, p_after uuid, p_limit integer); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.search_agents(p_project_ids uuid[], p_capability text, p_label jsonb, p_after uuid, p_limit integer) IS 'Ids of agents in these projects that match, in order. The policies know no index for what is in an array or in JSON: the caller
names the projects that it may see, and reads the rows under its own policies.';


--
-- Name: search_dead_letters(uuid[], text, text, timestamp with time zone, timestamp with time zone, uuid, integer); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.search_dead_letters(p_project_ids uuid[], p_kind text, p_error_code text, p_failed_after timestamp with time zone, p_failed_before timestamp with time zone, p_before uuid, p_limit integer) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
begin
    return query
        select f.id from unnest(p_project_ids) as p (id)
         cross join lateral (
            select t.id from public.tasks t
             where t.project_id = p.id and t.state = 'failed'
               and (p_kind is null or t.kind = p_kind)
               and (p_error_code is null or t.last_error ->> 'code' = p_error_code)
               and (p_failed_after is null or t.finished_at >= p_failed_after)
               and (p_failed_before is null or t.finished_at < p_failed_before)
               and t.id < coalesce(p_before, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
             -- By the code first, so that the planner knows the order of its index.
             order by case when p_error_code is not null then t.last_error ->> 'code' end desc, t.id desc limit p_limit) f (id)
         order by f.id desc limit p_limit;
end;
$$;


ALTER FUNCTION private.search_dead_letters(p_project_ids uuid[], p_kind text, p_error_code text, p_failed_after timestamp with time zone, p_failed_before timestamp with time zone, p_before uuid, p_limit integer) OWNER TO devos_lookup;

--
-- Name: FUNCTION search_dead_letters(p_project_ids uuid[], p_kind text, p_error_code text, p_failed_after timestamp with time zone, p_failed_before timestamp with time zone, p_before uuid, p_limit integer); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.search_dead_letters(p_project_ids uuid[], p_kind text, p_error_code text, p_failed_after timestamp with time zone, p_failed_before timestamp with time zone, p_before uuid, p_limit integer) IS 'Ids of the failed tasks in these projects that match, newest first, found by an index of what failed.';


--
-- Name: search_tasks(uuid[], public.task_state[], text[], smallint, text[], uuid, uuid, timestamp with time zone, timestamp with time zone, text, boolean, uuid, integer); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.search_tasks(p_project_ids uuid[], p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid, p_parent_task_id uuid, p_created_after timestamp with time zone, p_created_before timestamp with time zone, p_search text, p_oldest boolean, p_cursor uuid, p_limit integer) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $_$
declare
    -- Ids begin with their time, so a span of time is a range of ids; rows are a moment older than their ids.
    v_first uuid := greatest(private.first_id_at(p_created_after), case when p_oldest then p_cursor end,
                             '00000000-0000-0000-0000-000000000000');
    v_last uuid := least(private.first_id_at(p_created_before + interval '1 minute'), case when not p_oldest then p_cursor end,
                         'ffffffff-ffff-ffff-ffff-ffffffffffff');
    v_query tsquery := private.task_query(p_search, p_tags, p_project_ids);
    -- Common words are met soon on a walk; those that are not met in so many steps are rare, and their index is short.
    v_steps integer := case when v_query is null then p_limit else 1000 end;
    v_order constant text := case when p_oldest then 'asc' else 'desc' end;
    v_rest constant text := $sql$
        t.id > $9 and t.id < $10 and ($2 is null or t.state = any ($2)) and ($3 is null or t.kind = any ($3))
        and ($4 is null or t.priority = $4) and ($5 is null or t.agent_id = $5) and ($6 is null or t.parent_task_id = $6)
        and ($7 is null or t.created_at >= $7) and ($8 is null or t.created_at < $8)$sql$;
    v_walk constant text := case
        when p_agent_id is not null or p_parent_task_id is not null then $sql$
            select t.id from public.tasks t where t.project_id = any ($1) and ($5 is null or t.state = 'running') and %1$s$sql$
        when p_states is null and p_kinds is null and p_priority is null then $sql$
            select f.id from unnest($1) as p (id)
             cross join lateral (
                select t.id from public.tasks t where t.project_id = p.id and %1$s order by t.id %2$s limit $11) f (id)$sql$
        else $sql$
            select f.id
              from (select distinct l.project_id, l.kind from public.lanes l
                     where l.project_id = any ($1) and ($3 is null or l.kind = any ($3))) k
             cross join unnest(coalesce($2, enum_range(null::public.task_state))) as s (state)
             cross join generate_series(coalesce($4, 1), coalesce($4, 4)) as p (priority)
             cross join lateral (
                select t.id from public.tasks t
                 where t.project_id = k.project_id and t.kind = k.kind and t.state = s.state
                   and t.priority = p.priority::smallint and %1$s
                 order by t.state %2$s, t.priority %2$s, t.id %2$s limit $11) f (id)$sql$
    end;
    v_ids uuid[];
    v_met uuid[];
begin
    -- Planned anew at each call: what is not asked for falls out of the plan.
    execute format('select array(select w.id from (' || v_walk || ') w order by w.id %2$s limit $11)', v_rest, v_order)
       into v_ids
      using p_project_ids, p_states, p_kinds, p_priority, p_agent_id, p_parent_task_id, p_created_after, p_created_before,
            v_first, v_last, v_steps;
    if v_query is null then
        return query select unnest(v_ids);
        return;
    end if;
    v_met := array(
        select s.task_id from unnest(v_ids) with ordinality as i (id, nr) join private.task_search s on s.task_id = i.id
         where s.document @@ v_query order by i.nr limit p_limit);
    if cardinality(v_met) = p_limit or cardinality(v_ids) < v_steps then
        return query select unnest(v_met);
        return;
    end if;
    return query execute format($sql$
        select t.id
          from (select s.task_id from private.task_search s
                 where s.document @@ $12 and s.task_id > $9 and s.task_id < $10 order by s.task_id %2$s offset 0) hit
          join public.tasks t on t.id = hit.task_id
         where t.project_id = any ($1) and %1$s order by hit.task_id %2$s limit $11$sql$, v_rest, v_order)
      using p_project_ids, p_states, p_kinds, p_priority, p_agent_id, p_parent_task_id, p_created_after, p_created_before,
            v_first, v_last, p_limit, v_query;
end;
$_$;


ALTER FUNCTION private.search_tasks(p_project_ids uuid[], p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid, p_parent_task_id uuid, p_created_after timestamp with time zone, p_created_before timestamp with time zone, p_search text, p_oldest boolean, p_cursor uuid, p_limit integer) OWNER TO devos_lookup;

--
-- Name: FUNCTION search_tasks(p_project_ids uuid[], p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid, p_parent_task_id uuid, p_created_after timestamp with time zone, p_created_before timestamp with time zone, p_search text, p_oldest boolean, p_cursor uuid, p_limit integer); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.search_tasks(p_project_ids uuid[], p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid, p_parent_task_id uuid, p_created_after timestamp with time zone, p_created_before timestamp with time zone, p_search text, p_oldest boolean, p_cursor uuid, p_limit integer) IS 'Ids of the tasks in these projects that match, in order, each found by an index. The policies know no index for a state, a word
or a tag: the caller names the projects that it may see, and reads the rows under its own policies.';


--
-- Name: service_ref(public.service_registry); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.service_ref(p_service public.service_registry) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select case when p_service.id is not null then jsonb_build_object('id', p_service.id, 'name', p_service.name) end
$$;


ALTER FUNCTION private.service_ref(p_service public.service_registry) OWNER TO devos_api;

--
-- Name: FUNCTION service_ref(p_service public.service_registry); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.service_ref(p_service public.service_registry) IS 'A service as answers name it: {id, name}; null for none.';


--
-- Name: settle_dependents(uuid[], uuid[]); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.settle_dependents(p_ids uuid[], p_only uuid[] DEFAULT NULL::uuid[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
declare
    v_ended uuid[] := p_ids;
    v_only uuid[] := p_only;
begin
    -- Nearly nothing that ends is waited for: that costs one look into an index.
    while exists (select from public.task_dependencies d where d.depends_on_id = any (v_ended) and d.settled_at is null) loop
        if v_only is null then
            perform private.free_dependents(v_ended);
        end if;
        -- Those that fail with them have dependents in turn.
        v_ended := private.stop_dependents(v_ended, v_only);
        v_only := null;
    end loop;
end;
$$;


ALTER FUNCTION private.settle_dependents(p_ids uuid[], p_only uuid[]) OWNER TO devos_jobs;

--
-- Name: FUNCTION settle_dependents(p_ids uuid[], p_only uuid[]); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.settle_dependents(p_ids uuid[], p_only uuid[]) IS 'Tasks have ended: free what waited for them, and fail or block what cannot go on without them, as each said.
With p_only: those have come to wait for what may have failed already.';


--
-- Name: sign_up(text, text, jsonb, boolean, text, bytea); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.sign_up(p_email text, p_encrypted_password text, p_data jsonb, p_open boolean, p_invitation_id text, p_invitation_hash bytea) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid := private.new_id();
    v_email text := private.normal_email(p_email);
    v_invitation public.invitations;
begin
    if v_email is null then
        perform private.fail(422, 'invalid_email', 'This is no e-mail address.', 'Write it like ada@example.org.');
    end if;
    if p_invitation_id is not null then
        v_invitation := private.find_invitation(p_invitation_id, p_invitation_hash);
        if v_invitation.email is distinct from v_email then
            perform private.fail(403, 'invitation_not_valid', 'This invitation is not valid for you.',
                'Sign up with the e-mail that was invited, or ask for a new invitation.');
        end if;
    elsif not p_open then
        perform private.fail(403, 'signup_disabled', 'People come in by invitation here.', 'Ask for one, and send its token along.');
    end if;
    -- The token went through its maker's hands, and proves the e-mail only if an admin made it: whoever else invites an
    -- address could hold an account of its owner's. Nothing else of what is sent says anything about the account.
    insert into auth.users (id, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
    values (v_id, v_email, p_encrypted_password, case when private.may_invite(v_invitation.created_by, 'admin', null, null) then statement_timestamp() end,
            '{"provider": "email", "providers": ["email"]}', private.merge_metadata('{}', p_data))
    on conflict do nothing;
    if not found then
        perform private.fail(422, 'user_already_exists', 'There is an account with this e-mail.', 'Sign in.');
    end if;
    -- From here on it is the new person who acts.
    perform set_config('request.jwt.claims', format('{"role":"authenticated","sub":"%s"}', v_id), true);
    perform private.audit('person.sign_up', null, v_id, jsonb_build_object('email', v_email));
    if v_invitation.id is not null then
        perform private.use_invitation(v_invitation.id);
    end if;
    return v_id;
end;
$$;


ALTER FUNCTION private.sign_up(p_email text, p_encrypted_password text, p_data jsonb, p_open boolean, p_invitation_id text, p_invitation_hash bytea) OWNER TO devos_api;

--
-- Name: FUNCTION sign_up(p_email text, p_encrypted_password text, p_data jsonb, p_open boolean, p_invitation_id text, p_invitation_hash bytea); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.sign_up(p_email text, p_encrypted_password text, p_data jsonb, p_open boolean, p_invitation_id text, p_invitation_hash bytea) IS 'Make an account: a viewer of nothing, unless an invitation of this e-mail says more. PT403 signup_disabled, PT403 invitation_not_valid, PT413 metadata_too_large, PT422 invalid_email, PT422 user_already_exists.';


--
-- Name: stop_dependents(uuid[], uuid[]); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.stop_dependents(p_ids uuid[], p_only uuid[]) RETURNS uuid[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_hit uuid[];
    v_failed uuid[];
    v_ids uuid[];
    v_projects uuid[];
    v_types text[];
    v_data jsonb[];
begin
    select array_agg(distinct d.task_id) into v_hit
      from public.task_dependencies d
      join public.tasks p on p.id = d.depends_on_id and p.state in ('failed', 'cancelled')
     where d.depends_on_id = any (p_ids) and d.settled_at is null and (p_only is null or d.task_id = any (p_only));
    if v_hit is null then
        return null;
    end if;
    perform from public.tasks t where t.id = any (v_hit) order by t.id for no key update;
    with hit as (
        select d.task_id, bool_or(d.on_failure = 'fail') as fails, min(p.id::text) as predecessor
          from public.task_dependencies d
          join public.tasks p on p.id = d.depends_on_id and p.state in ('failed', 'cancelled')
         where d.task_id = any (v_hit) and d.depends_on_id = any (p_ids) and d.settled_at is null
         group by d.task_id
    ), stopped as (
        update public.tasks t
           set state = (case when h.fails then 'failed' else 'blocked' end)::public.task_state,
               blocked_reason = case when not h.fails then 'predecessor' end,
               last_error = jsonb_build_object('code', 'predecessor_failed', 'task_id', h.predecessor,
                   'message', 'A task that this one waits for has failed or was cancelled.'),
               finished_at = case when h.fails then statement_timestamp() end, updated_at = statement_timestamp()
          from hit h
         where t.id = h.task_id and (t.state = 'pending' or (t.state = 'blocked' and h.fails))
        returning t.id, t.project_id, t.state, t.attempt, t.last_error
    )
    select array_agg(s.id), array_agg(s.project_id), array_agg('task.' || s.state),
           array_agg(jsonb_build_object('attempt', s.attempt, 'error', s.last_error)),
           array_agg(s.id) filter (where s.state = 'failed')
      into v_ids, v_projects, v_types, v_data, v_failed
      from stopped s;
    if v_ids is not null then
        perform private.emit_each(v_types, v_projects, v_ids, v_data);
    end if;
    return v_failed;
end;
$$;


ALTER FUNCTION private.stop_dependents(p_ids uuid[], p_only uuid[]) OWNER TO devos_jobs;

--
-- Name: FUNCTION stop_dependents(p_ids uuid[], p_only uuid[]); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.stop_dependents(p_ids uuid[], p_only uuid[]) IS 'Fail or block what waits for the failed and cancelled among these tasks, as each said; ids of those that failed.';


--
-- Name: suspend_service(public.service_registry); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.suspend_service(p_service public.service_registry) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update public.service_registry s set state = 'SUSPENDED' where s.id = p_service.id and s.state = 'ACTIVE';
    if not found then
        return false;
    end if;
    perform private.emit('service.suspended', p_service.project_id, p_service.id, jsonb_build_object(
        'name', p_service.name, 'limit', p_service."limit"::text, 'spent', p_service.spent::text));
    perform private.audit('service.suspend', p_service.project_id, p_service.id, jsonb_build_object('reason', 'budget_exhausted'));
    return true;
end;
$$;


ALTER FUNCTION private.suspend_service(p_service public.service_registry) OWNER TO devos_api;

--
-- Name: FUNCTION suspend_service(p_service public.service_registry); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.suspend_service(p_service public.service_registry) IS 'Suspend a service whose budget is used up; false when it was suspended before.';


--
-- Name: sweep_lanes(); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.sweep_lanes() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_locked bigint[];
    v_swept integer;
begin
    perform private.lock_lanes();
    -- Who creates a task in a lane of a key holds the lane until that is committed: such a lane is passed over here, and of the
    -- others the next statement sees every task.
    v_locked := array(
        select l.id from public.lanes l
         where l.concurrency_key is not null and not private.has_open_tasks(l)
         limit 1000 for update skip locked);
    delete from public.lanes l where l.id = any (v_locked) and not private.has_open_tasks(l);
    get diagnostics v_swept = row_count;
    delete from private.limit_rooms r
     where (r.limit_id, r.concurrency_key) in (
        select x.limit_id, x.concurrency_key from private.limit_rooms x
         where not exists (
            select from public.limits m
             where m.id = x.limit_id
               -- A window that passes may still count what began in it.
               and (coalesce((select max(s.at) from unnest(x.starts) as s (at)) > clock_timestamp() - interval '1 day', false)
                    -- A limit that counts something else now has other rooms.
                    or case when m.scope = 'key' then exists (
                                select from public.lanes l where l.project_id = m.project_id and l.concurrency_key = x.concurrency_key)
                            else x.concurrency_key = '' end))
         limit 1000 for update skip locked);
    return v_swept;
end;
$$;


ALTER FUNCTION private.sweep_lanes() OWNER TO devos_jobs;

--
-- Name: FUNCTION sweep_lanes(); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.sweep_lanes() IS 'Job: forget lanes of concurrency keys that no open task uses, and what limits knew of such keys. Returns how many lanes.';


--
-- Name: take_allowance(text, text, inet); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.take_allowance(p_action text, p_email text, p_address inet) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


ALTER FUNCTION private.take_allowance(p_action text, p_email text, p_address inet) OWNER TO devos_api;

--
-- Name: FUNCTION take_allowance(p_action text, p_email text, p_address inet); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.take_allowance(p_action text, p_email text, p_address inet) IS 'Take one try out of every bucket of an action (GCRA). 0 when there was one in each; else nothing is taken, and the answer is how many seconds to wait. Returned and not raised: what was taken stays taken.';


--
-- Name: take_auth_flow(bytea, bytea); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.take_auth_flow(p_state_hash bytea, p_code_hash bytea) RETURNS jsonb
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    update private.auth_flows f set code_hash = p_code_hash
     where f.state_hash = p_state_hash and f.code_hash is null and f.expires_at > statement_timestamp()
    returning jsonb_build_object('provider', f.provider, 'redirect_to', f.redirect_to)
$$;


ALTER FUNCTION private.take_auth_flow(p_state_hash bytea, p_code_hash bytea) OWNER TO devos_api;

--
-- Name: FUNCTION take_auth_flow(p_state_hash bytea, p_code_hash bytea); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.take_auth_flow(p_state_hash bytea, p_code_hash bytea) IS 'The browser comes back: its state counts once, and the code for the client takes its place. Null for a state that is unknown, used or late.';


--
-- Name: take_outbox(text[], integer); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.take_outbox(p_topics text[], p_limit integer) RETURNS TABLE(id bigint, topic text, payload jsonb, attempts integer)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- Taken means hidden for a minute: a worker that dies gives it back by doing nothing.
    update private.outbox o
       set attempts = o.attempts + 1, run_at = statement_timestamp() + interval '1 minute'
     where o.id = any (array(
        select d.id from private.outbox d
         where d.topic = any (p_topics) and d.gave_up_at is null and d.run_at <= statement_timestamp()
         order by d.run_at, d.id limit least(p_limit, 1000)
         for update skip locked))
    returning o.id, o.topic, o.payload, o.attempts
$$;


ALTER FUNCTION private.take_outbox(p_topics text[], p_limit integer) OWNER TO devos_jobs;

--
-- Name: FUNCTION take_outbox(p_topics text[], p_limit integer); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.take_outbox(p_topics text[], p_limit integer) IS 'Job: take due outbox rows of these topics for one minute.';


--
-- Name: task_query(text, text[], uuid[]); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.task_query(p_search text, p_tags text[], p_project_ids uuid[]) RETURNS tsquery
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET client_min_messages TO 'warning'
    AS $$
    with lexeme as (
        select 'tag ' || left(t.tag, 100) as text, 'tag' as of from unnest(p_tags) as t (tag)
         union all
        -- The project narrows a word that is common elsewhere; many projects would narrow little.
        select 'project ' || p.id, 'project' from unnest(p_project_ids) as p (id) where cardinality(p_project_ids) <= 20
    ), asked as (
        select nullif(websearch_to_tsquery('simple', p_search)::text, '') as words,
               string_agg(l.text, ' & ') filter (where l.of = 'tag') as tags,
               string_agg(l.text, ' | ') filter (where l.of = 'project') as projects
          from (select l.of, format('''%s''', replace(replace(l.text, '\', '\\'), '''', '''''')) as text from lexeme l) l
    )
    select concat_ws(' & ', '(' || a.words || ')', a.tags, '(' || a.projects || ')')::tsquery
      from asked a
     where coalesce(a.words, a.tags) is not null
$$;


ALTER FUNCTION private.task_query(p_search text, p_tags text[], p_project_ids uuid[]) OWNER TO devos_api;

--
-- Name: FUNCTION task_query(p_search text, p_tags text[], p_project_ids uuid[]); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.task_query(p_search text, p_tags text[], p_project_ids uuid[]) IS 'Words, tags and projects as the search of tasks asks for them; null when there is no word and no tag. A tag and a project hold
a space, so that no word of a text can look like one.';


--
-- Name: tell_ready(text, text[]); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.tell_ready(p_sender text, p_kinds text[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select pg_notify('devos_tasks_ready', left(p_sender || ':' || array_to_string(p_kinds, ','), 7900))
$$;


ALTER FUNCTION private.tell_ready(p_sender text, p_kinds text[]) OWNER TO devos_api;

--
-- Name: FUNCTION tell_ready(p_sender text, p_kinds text[]); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.tell_ready(p_sender text, p_kinds text[]) IS 'One copy of the API tells the others, after the commit, for which kinds there is work. A lost hint costs a tenth of a second.';


--
-- Name: token_expiry(integer); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.token_expiry(p_days integer) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if p_days not between 1 and 366 then
        perform private.fail(422, 'invalid_expiry', 'A token lives 1 to 366 days, or without an end.', 'Send null for no end.');
    end if;
    return statement_timestamp() + make_interval(days => p_days);
end;
$$;


ALTER FUNCTION private.token_expiry(p_days integer) OWNER TO devos_api;

--
-- Name: FUNCTION token_expiry(p_days integer); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.token_expiry(p_days integer) IS 'When a token of so many days ends; null for one without an end. PT422 invalid_expiry.';


--
-- Name: touch_agent(uuid); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.touch_agent(p_agent_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- Often called: it writes only when the last mark is old enough to matter.
    if exists (select from public.agent_heartbeats h
                where h.agent_id = p_agent_id and h.seen_at >= statement_timestamp() - interval '5 seconds') then
        return false;
    end if;
    insert into public.agent_heartbeats as h (agent_id, seen_at) values (p_agent_id, statement_timestamp())
    on conflict (agent_id) do update set seen_at = excluded.seen_at;
    return true;
end;
$$;


ALTER FUNCTION private.touch_agent(p_agent_id uuid) OWNER TO devos_jobs;

--
-- Name: FUNCTION touch_agent(p_agent_id uuid); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.touch_agent(p_agent_id uuid) IS 'Note that an agent was heard, at most every five seconds; whether it was noted now.';


--
-- Name: touch_agents(uuid[]); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.touch_agents(p_ids uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- In one order, so that two copies of the API do not wait for each other.
    insert into public.agent_heartbeats (agent_id, seen_at)
    select a.id, statement_timestamp() from public.agents a where a.id = any (p_ids) order by a.id
    on conflict (agent_id) do update set seen_at = excluded.seen_at
     where agent_heartbeats.seen_at < excluded.seen_at - interval '5 seconds'
$$;


ALTER FUNCTION private.touch_agents(p_ids uuid[]) OWNER TO devos_jobs;

--
-- Name: FUNCTION touch_agents(p_ids uuid[]); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.touch_agents(p_ids uuid[]) IS 'Note in one statement which agents were heard, each at most every five seconds. The API calls it with whom it authenticated.';


--
-- Name: trade_auth_code(bytea, text); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.trade_auth_code(p_code_hash bytea, p_code_challenge text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_flow private.auth_flows;
begin
    -- Gone whatever comes of it: a code is tried once.
    delete from private.auth_flows f where f.code_hash = p_code_hash and f.user_id is not null returning * into v_flow;
    if not found or v_flow.expires_at <= statement_timestamp() then
        return jsonb_build_object('outcome', 'flow_state_not_found', 'user_id', null);
    end if;
    if v_flow.code_challenge <> p_code_challenge then
        return jsonb_build_object('outcome', 'bad_code_verifier', 'user_id', null);
    end if;
    return jsonb_build_object('outcome', 'traded', 'user_id', v_flow.user_id);
end;
$$;


ALTER FUNCTION private.trade_auth_code(p_code_hash bytea, p_code_challenge text) OWNER TO devos_api;

--
-- Name: FUNCTION trade_auth_code(p_code_hash bytea, p_code_challenge text); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.trade_auth_code(p_code_hash bytea, p_code_challenge text) IS 'Trade the code of a finished sign-in: {outcome: traded, user_id} for the client that began it, who alone knows what its challenge was made from.';


--
-- Name: use_invitation(uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.use_invitation(p_id uuid) RETURNS public.invitations
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_user uuid := private.claims() ->> 'sub';
    v_invitation public.invitations;
begin
    -- Of two who come with it one finds it open, and only who has its e-mail finds it at all: a policy.
    update public.invitations i set accepted_at = statement_timestamp(), accepted_by = v_user
     where i.id = p_id and i.accepted_at is null and i.revoked_at is null and i.expires_at > statement_timestamp()
       and i.email = private.my_email()
    returning * into v_invitation;
    if not found then
        perform private.fail(403, 'invitation_not_valid', 'This invitation is not valid for you.',
            'Sign in with the e-mail that was invited, or ask for a new invitation.');
    end if;
    -- The same invitation sent twice lets in once: what is taken away later must not come back by the other.
    update public.invitations i set revoked_at = statement_timestamp()
     where i.email = v_invitation.email and i.accepted_at is null and i.revoked_at is null
       and i.team_id is not distinct from v_invitation.team_id and i.project_id is not distinct from v_invitation.project_id;
    insert into public.user_roles (user_id) values (v_user) on conflict do nothing;
    update public.user_roles r set role = v_invitation.role where r.user_id = v_user and r.role < v_invitation.role;
    if v_invitation.team_id is not null then
        insert into public.team_members (team_id, user_id) values (v_invitation.team_id, v_user) on conflict do nothing;
    end if;
    if v_invitation.project_id is not null then
        insert into public.project_members (project_id, user_id) values (v_invitation.project_id, v_user)
        on conflict do nothing;
    end if;
    perform private.emit('invitation.accepted', v_invitation.project_id, p_id, jsonb_build_object('role', v_invitation.role));
    perform private.audit('invitation.accept', v_invitation.project_id, p_id,
        jsonb_build_object('role', v_invitation.role, 'team_id', v_invitation.team_id));
    return v_invitation;
end;
$$;


ALTER FUNCTION private.use_invitation(p_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION use_invitation(p_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.use_invitation(p_id uuid) IS 'Let the person of this request in: its role is raised, never lowered, and it becomes a member. PT403 invitation_not_valid.';


--
-- Name: waits_for_itself(uuid); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.waits_for_itself(p_task_id uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
begin
    return exists (
        with recursive before as (
            select d.depends_on_id as id from public.task_dependencies d where d.task_id = p_task_id
            union
            select n.id
              from before b
             -- The offset keeps it a look into the index for each task: all dependencies at each step take seconds.
             cross join lateral (
                select d.depends_on_id as id from public.task_dependencies d where d.task_id = b.id offset 0) n
        )
        select from before b where b.id = p_task_id);
end;
$$;


ALTER FUNCTION private.waits_for_itself(p_task_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION waits_for_itself(p_task_id uuid); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.waits_for_itself(p_task_id uuid) IS 'Whether a task waits for itself, by way of others.';


--
-- Name: wake_limited(uuid[]); Type: FUNCTION; Schema: private; Owner: devos_jobs
--

CREATE FUNCTION private.wake_limited(p_project_ids uuid[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_kinds text[];
begin
    -- Of a limit on a project or on the keys of all kinds, whatever waits there may be next.
    select array_agg(distinct k.kind) into v_kinds
      from unnest(p_project_ids) as p (id)
      join public.limits m on m.project_id = p.id
     cross join lateral (select m.kind where m.kind is not null
                         union all
                         select private.kinds_in(m.project_id) where m.kind is null) as k (kind);
    if v_kinds is not null then
        perform private.enqueue('tasks.ready', array(select jsonb_build_object('kind', k) from unnest(v_kinds) k));
    end if;
end;
$$;


ALTER FUNCTION private.wake_limited(p_project_ids uuid[]) OWNER TO devos_jobs;

--
-- Name: FUNCTION wake_limited(p_project_ids uuid[]); Type: COMMENT; Schema: private; Owner: devos_jobs
--

COMMENT ON FUNCTION private.wake_limited(p_project_ids uuid[]) IS 'Tasks that limits count have ended in these projects: tell those who wait for room.';


--
-- Name: with_kind_defaults(jsonb); Type: FUNCTION; Schema: private; Owner: devos_lookup
--

CREATE FUNCTION private.with_kind_defaults(p_items jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_defaults jsonb;
    v_unknown text;
begin
    select jsonb_object_agg(w.project_id || w.kind, k.defaults - 'retry_policy' || jsonb_build_object(
               'priority', array_position(array['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'], k.defaults ->> 'priority'),
               'retry_base_seconds', k.defaults #> '{retry_policy,base_seconds}',
               'retry_cap_seconds', k.defaults #> '{retry_policy,cap_seconds}')) filter (where k.defaults <> '{}'),
           min(w.kind) filter (where k.name is null and p.unknown_kinds = 'refuse')
      into v_defaults, v_unknown
      from (select distinct i.project_id, i.kind from jsonb_to_recordset(p_items) as i (project_id uuid, kind text)) w
      join public.projects p on p.id = w.project_id
      left join lateral private.kinds_of(w.project_id, w.kind) k on w.kind is not null;
    if v_unknown is not null then
        perform private.fail(422, 'unknown_kind', format('The project has no kind %s.', left(v_unknown, 64)),
            'Describe the kind first, or let the project allow unknown kinds.');
    end if;
    if v_defaults is null then
        return p_items;
    end if;
    return (
        select jsonb_agg(i.item
                   || coalesce((select jsonb_object_agg(d.key, d.value) from jsonb_each(k.defaults) d
                                 where coalesce(i.item -> d.key, 'null') = 'null'
                                   -- A parent's priority goes before the kind's.
                                   and (d.key <> 'priority' or coalesce(i.item -> 'parent_task_id', 'null') = 'null')), '{}')
                   || jsonb_build_object('required_capabilities',
                          coalesce(nullif(i.item -> 'required_capabilities', 'null'), '[]')
                          || coalesce(k.defaults -> 'required_capabilities', '[]'))
                   order by i.nr)
          from jsonb_array_elements(p_items) with ordinality as i (item, nr)
         cross join lateral (select v_defaults -> ((i.item ->> 'project_id') || (i.item ->> 'kind')) as defaults) k);
end;
$$;


ALTER FUNCTION private.with_kind_defaults(p_items jsonb) OWNER TO devos_lookup;

--
-- Name: FUNCTION with_kind_defaults(p_items jsonb); Type: COMMENT; Schema: private; Owner: devos_lookup
--

COMMENT ON FUNCTION private.with_kind_defaults(p_items jsonb) IS 'The items of a creation with what their kinds give where they say nothing themselves; capabilities of both.
For projects that the caller was allowed in. PT422 unknown_kind where the project wants its kinds known.';


--
-- Name: write_token_uses(uuid[]); Type: FUNCTION; Schema: private; Owner: devos_api
--

CREATE FUNCTION private.write_token_uses(p_ids uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into private.token_uses (token_id, used_at)
    select id, statement_timestamp() from unnest(p_ids) id
    on conflict (token_id) do update set used_at = excluded.used_at
$$;


ALTER FUNCTION private.write_token_uses(p_ids uuid[]) OWNER TO devos_api;

--
-- Name: FUNCTION write_token_uses(p_ids uuid[]); Type: COMMENT; Schema: private; Owner: devos_api
--

COMMENT ON FUNCTION private.write_token_uses(p_ids uuid[]) IS 'Note for a batch of tokens that they were used just now.';


--
-- Name: accept_invitation(text, bytea); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.accept_invitation(p_token_id text, p_token_hash bytea) RETURNS public.invitations
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if private.my_user_id() is null then
        perform private.fail(401, 'not_signed_in', 'This needs a signed-in person.', 'Sign in and send the token.');
    end if;
    return private.use_invitation((private.find_invitation(p_token_id, p_token_hash)).id);
end;
$$;


ALTER FUNCTION public.accept_invitation(p_token_id text, p_token_hash bytea) OWNER TO devos_api;

--
-- Name: FUNCTION accept_invitation(p_token_id text, p_token_hash bytea); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.accept_invitation(p_token_id text, p_token_hash bytea) IS 'Come in by an invitation to the caller''s own e-mail. PT401 not_signed_in, PT403 invitation_not_valid.';


--
-- Name: add_agent_to_project(uuid, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.add_agent_to_project(p_project_id uuid, p_agent_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    perform private.require_agent_seen(p_agent_id);
    perform private.lock_lanes();
    insert into public.agent_projects (agent_id, project_id) values (p_agent_id, p_project_id) on conflict do nothing;
    if not found then
        return;
    end if;
    perform private.match_lanes(p_agent_id, null);
    perform private.emit('agent.joined', p_project_id, p_agent_id);
    perform private.audit('agent.join', p_project_id, p_agent_id);
end;
$$;


ALTER FUNCTION public.add_agent_to_project(p_project_id uuid, p_agent_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION add_agent_to_project(p_project_id uuid, p_agent_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.add_agent_to_project(p_project_id uuid, p_agent_id uuid) IS 'An agent of one project of the caller''s works for this one, too; twice is once. PT403 role_required,
PT404 project_not_found, agent_not_found.';


--
-- Name: add_project_member(uuid, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.add_project_member(p_project_id uuid, p_user_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    perform public.read_person(p_user_id);
    insert into public.project_members (project_id, user_id) values (p_project_id, p_user_id) on conflict do nothing;
    if found then
        perform private.emit('project.member_added', p_project_id, p_project_id, jsonb_build_object('user_id', p_user_id));
        perform private.audit('project.add_member', p_project_id, p_project_id, jsonb_build_object('user_id', p_user_id));
    end if;
end;
$$;


ALTER FUNCTION public.add_project_member(p_project_id uuid, p_user_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION add_project_member(p_project_id uuid, p_user_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.add_project_member(p_project_id uuid, p_user_id uuid) IS 'Let a person that the caller sees into a project; twice is once. PT403 role_required, PT404 project_not_found, user_not_found.';


--
-- Name: add_task_dependencies(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.add_task_dependencies(p_task_id uuid, p_depends_on jsonb) RETURNS public.tasks
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_task public.tasks;
    v_edges jsonb;
begin
    perform private.require_role('supervisor');
    v_task := public.read_task(p_task_id);
    if coalesce(jsonb_typeof(p_depends_on), '') <> 'array' or jsonb_array_length(p_depends_on) not between 1 and 1000 then
        perform private.fail(422, 'invalid_dependency', 'Name 1 to 1000 tasks to wait for.');
    end if;
    -- One at a time in a project: two edges that close a circle together see each other.
    perform pg_advisory_xact_lock(hashtextextended('devos.dependencies.' || v_task.project_id, 0));
    v_edges := private.new_edges(jsonb_build_array(jsonb_build_object('depends_on', p_depends_on)), array[p_task_id]);
    perform private.add_dependencies(v_edges);
    if private.waits_for_itself(p_task_id) then
        perform private.fail(409, 'dependency_cycle', 'A task to wait for waits for this one itself.',
            'See GET /api/tasks/{id}/lineage.');
    end if;
    perform private.emit('task.dependencies_added', v_task.project_id, p_task_id,
        jsonb_build_object('depends_on', (select jsonb_agg(e -> 'depends_on_id') from jsonb_array_elements(v_edges) e)));
    return public.read_task(p_task_id);
end;
$$;


ALTER FUNCTION public.add_task_dependencies(p_task_id uuid, p_depends_on jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION add_task_dependencies(p_task_id uuid, p_depends_on jsonb); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.add_task_dependencies(p_task_id uuid, p_depends_on jsonb) IS 'Let a waiting task wait for more: {task_id, on_failure: fail | block | ignore}, or ids. PT403 role_required,
PT404 task_not_found, PT409 task_not_editable, dependency_cycle, PT422 invalid_dependency.';


--
-- Name: add_team_member(uuid, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.add_team_member(p_team_id uuid, p_user_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    perform private.require_team(p_team_id);
    perform public.read_person(p_user_id);
    insert into public.team_members (team_id, user_id) values (p_team_id, p_user_id) on conflict do nothing;
    if found then
        perform private.emit('team.member_added', null, p_team_id, jsonb_build_object('user_id', p_user_id));
        perform private.audit('team.add_member', null, p_team_id, jsonb_build_object('user_id', p_user_id));
    end if;
end;
$$;


ALTER FUNCTION public.add_team_member(p_team_id uuid, p_user_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION add_team_member(p_team_id uuid, p_user_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.add_team_member(p_team_id uuid, p_user_id uuid) IS 'Let a person that the caller sees into a team; twice is once. PT403 role_required, PT404 team_not_found, user_not_found.';


--
-- Name: agent_exchange(text, bytea, jsonb, text[], integer, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.agent_exchange(p_key_id text, p_key_hash bytea, p_items jsonb, p_kinds text[], p_wanted integer, p_lease_seconds integer) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_agent uuid := private.authenticate_agent(p_key_id, p_key_hash);
    v_results json := '[]';
    v_tasks json;
    v_noted boolean;
begin
    if v_agent is null then
        return null;
    end if;
    -- From here on the policies see this agent, as they would if the request had come with its role.
    perform set_config('request.jwt.claims', format('{"role":"agent","agent_id":"%s"}', v_agent), true);
    v_noted := private.touch_agent(v_agent);
    if jsonb_array_length(p_items) > 0 then
        v_results := private.finish_tasks(v_agent, p_items);
    end if;
    v_tasks := private.claim_for(v_agent, p_kinds, p_wanted, p_lease_seconds);
    -- Where limits count, the claim has looked before it locked their rooms.
    if v_noted and not exists (
        select from public.agent_lanes al where al.agent_id = v_agent and al.is_limited and al.kind = any (p_kinds)
    ) then
        -- Busy agents never find nothing: every five seconds each of them looks too. Last, so that nobody waits with these locks.
        perform private.reap_unasked();
    end if;
    return json_build_object('tasks', v_tasks, 'results', v_results);
end;
$$;


ALTER FUNCTION public.agent_exchange(p_key_id text, p_key_hash bytea, p_items jsonb, p_kinds text[], p_wanted integer, p_lease_seconds integer) OWNER TO devos_api;

--
-- Name: FUNCTION agent_exchange(p_key_id text, p_key_hash bytea, p_items jsonb, p_kinds text[], p_wanted integer, p_lease_seconds integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.agent_exchange(p_key_id text, p_key_hash bytea, p_items jsonb, p_kinds text[], p_wanted integer, p_lease_seconds integer) IS 'The agent''s call in one trip: authenticate, finish what is sent, claim what fits. Null for a key that is not valid.';


--
-- Name: begin_artifact(uuid, bigint, text, bigint, bigint, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.begin_artifact(p_task_id uuid, p_lease_token bigint, p_name text, p_size_bytes bigint DEFAULT 0, p_quota_bytes bigint DEFAULT 1073741824, p_quota_files integer DEFAULT 1000) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
    v_blob uuid := private.new_id();
begin
    insert into private.artifact_blobs (id, task_id, lease_token) values (v_blob, v_task.id, v_task.lease_token);
    perform private.require_artifact_room(v_task.id, p_name, p_size_bytes, p_quota_bytes, p_quota_files);
    return v_blob;
end;
$$;


ALTER FUNCTION public.begin_artifact(p_task_id uuid, p_lease_token bigint, p_name text, p_size_bytes bigint, p_quota_bytes bigint, p_quota_files integer) OWNER TO devos_api;

--
-- Name: FUNCTION begin_artifact(p_task_id uuid, p_lease_token bigint, p_name text, p_size_bytes bigint, p_quota_bytes bigint, p_quota_files integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.begin_artifact(p_task_id uuid, p_lease_token bigint, p_name text, p_size_bytes bigint, p_quota_bytes bigint, p_quota_files integer) IS 'A key in the store for the bytes of an artifact that is about to come. PT404 task_not_found, PT409 lease_lost, artifact_quota.';


--
-- Name: cancel_task(uuid, text, text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.cancel_task(p_task_id uuid, p_reason text DEFAULT NULL::text, p_cascade text DEFAULT 'none'::text) RETURNS public.tasks
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_ids uuid[];
begin
    perform private.require_role('supervisor');
    perform public.read_task(p_task_id);
    if not coalesce(p_cascade in ('none', 'descendants', 'dependents'), false) then
        perform private.fail(422, 'invalid_cascade', 'A cancellation goes on to: none, descendants or dependents.');
    end if;
    perform private.cancel(array[p_task_id], p_reason);
    v_ids := array(
        select t.id from public.tasks t
         where t.id = any (private.related_ids(p_task_id, p_cascade)) and t.state not in ('completed', 'failed', 'cancelled')
         order by t.id for no key update);
    perform private.cancel(v_ids, p_reason);
    -- Last: what was cancelled too has not failed for want of what it waited for.
    perform private.settle_dependents(p_task_id || v_ids);
    return public.read_task(p_task_id);
end;
$$;


ALTER FUNCTION public.cancel_task(p_task_id uuid, p_reason text, p_cascade text) OWNER TO devos_api;

--
-- Name: FUNCTION cancel_task(p_task_id uuid, p_reason text, p_cascade text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.cancel_task(p_task_id uuid, p_reason text, p_cascade text) IS 'Cancel a waiting task at once, ask a running one to stop; twice is once. With p_cascade its descendants too, or the dependents
that could not go on without it. PT403 role_required, PT404 task_not_found, PT409 illegal_transition when it has ended, PT422 invalid_cascade.';


--
-- Name: change_account(text, jsonb, text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.change_account(p_email text DEFAULT NULL::text, p_data jsonb DEFAULT '{}'::jsonb, p_encrypted_password text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_user uuid := private.my_user_id();
    v_session uuid := (private.claims() ->> 'session_id')::uuid;
begin
    if v_user is null or v_session is null then
        perform private.fail(401, 'not_signed_in', 'This needs a signed-in person.', 'Sign in and send the token.');
    end if;
    if p_email is not null and private.normal_email(p_email) is distinct from private.my_email() then
        perform private.fail(422, 'email_change_not_supported', 'An e-mail cannot be changed here.',
            'Ask an admin for an invitation to the other one.');
    end if;
    update auth.users u
       set raw_user_meta_data = private.merge_metadata(u.raw_user_meta_data, p_data),
           encrypted_password = coalesce(p_encrypted_password, u.encrypted_password),
           updated_at = statement_timestamp()
     where u.id = v_user;
    if p_encrypted_password is not null then
        delete from auth.sessions s where s.user_id = v_user and s.id <> v_session;
        perform private.audit('password.change', null, v_user);
    end if;
    return private.describe_user(v_user);
end;
$$;


ALTER FUNCTION public.change_account(p_email text, p_data jsonb, p_encrypted_password text) OWNER TO devos_api;

--
-- Name: FUNCTION change_account(p_email text, p_data jsonb, p_encrypted_password text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.change_account(p_email text, p_data jsonb, p_encrypted_password text) IS 'Change the caller''s own metadata (null takes a member away) and password; a new password ends all other sessions. PT401 not_signed_in, PT413 metadata_too_large, PT422 email_change_not_supported.';


--
-- Name: charge_service(uuid, numeric, uuid, bigint, text, text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.charge_service(p_service_id uuid, p_amount numeric, p_task_id uuid DEFAULT NULL::uuid, p_lease_token bigint DEFAULT NULL::bigint, p_key text DEFAULT NULL::text, p_note text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_task public.tasks;
    v_asked public.service_registry;
    v_service public.service_registry;
    v_next uuid := p_service_id;
    v_seen uuid[] := '{}';
    v_suspended boolean := false;
    v_known jsonb;
begin
    perform private.require_amount(p_amount);
    if private.my_agent_id() is null then
        perform private.require_role('supervisor');
        if p_task_id is not null or p_lease_token is not null then
            perform private.fail(422, 'agent_required', 'Only the agent that holds a task charges for it.',
                'Leave out task_id and lease_token.');
        end if;
    else
        v_task := private.hold_lease(p_task_id, p_lease_token);
        if p_key is null then
            perform private.fail(422, 'key_required', 'An agent names each charge, so that a repeated call is one charge.',
                'Send a key that is the same when the call is repeated.');
        end if;
    end if;
    loop
        -- Substitutes form no cycle, so two callers lock the rows of a chain in the same order.
        select * into v_service from public.service_registry s
         where s.id = v_next and s.project_id = coalesce(v_task.project_id, s.project_id) for no key update;
        if v_asked.id is null then
            if not found then
                perform private.fail(404, 'service_not_found', 'There is no such service.', 'List yours with GET /api/services.');
            end if;
            v_asked := v_service;
            v_known := private.known_charge(v_task, p_key, p_service_id, p_amount);
            if v_known is not null then
                return v_known;
            end if;
        end if;
        if v_service.state = 'ACTIVE' and v_service.spent + v_service.reserved + p_amount <= v_service."limit" then
            return private.book_charge(v_asked, v_service, v_task, p_amount, p_key, p_note, v_suspended);
        end if;
        v_suspended := private.suspend_service(v_service) or v_suspended;
        v_seen := v_seen || v_service.id;
        v_next := v_service.substitute_id;
        exit when v_next is null or v_next = any (v_seen);
    end loop;
    -- Returned and not raised: the suspension and its event must outlive this refusal.
    return jsonb_build_object(
        'charged', false, 'reason', case when v_next is null then 'budget_exhausted' else 'substitute_cycle' end,
        'service_asked', private.service_ref(v_asked), 'service_used', null, 'delegated_from', null,
        'suspended_now', v_suspended, 'remaining', greatest(v_asked."limit" - v_asked.spent - v_asked.reserved, 0)::text,
        'charge_id', null);
end;
$$;


ALTER FUNCTION public.charge_service(p_service_id uuid, p_amount numeric, p_task_id uuid, p_lease_token bigint, p_key text, p_note text) OWNER TO devos_api;

--
-- Name: FUNCTION charge_service(p_service_id uuid, p_amount numeric, p_task_id uuid, p_lease_token bigint, p_key text, p_note text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.charge_service(p_service_id uuid, p_amount numeric, p_task_id uuid, p_lease_token bigint, p_key text, p_note text) IS 'Book p_amount USD on a service or, where it does not fit, on the first of its substitutes where it does; what it does not
fit is suspended. An agent names its leased task; one charge per (task, attempt, key), for a person per (person, key).
Answers {charged, reason, service_asked, service_used, delegated_from, suspended_now, remaining, charge_id}.
PT403 role_required, PT404 service_not_found | task_not_found, PT409 lease_lost | idempotency_key_reused, PT422 invalid_amount | key_required | agent_required.';


--
-- Name: claim_next_task(text[], integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.claim_next_task(p_kinds text[], p_lease_seconds integer DEFAULT 60) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return private.claim_for(private.require_agent(), p_kinds, 1, p_lease_seconds)::jsonb -> 0;
end;
$$;


ALTER FUNCTION public.claim_next_task(p_kinds text[], p_lease_seconds integer) OWNER TO devos_api;

--
-- Name: FUNCTION claim_next_task(p_kinds text[], p_lease_seconds integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.claim_next_task(p_kinds text[], p_lease_seconds integer) IS 'Claim one task as the calling agent; null when there is none. PT403 agent_required, PT422 invalid_claim.';


--
-- Name: claim_tasks(text[], integer, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.claim_tasks(p_kinds text[], p_limit integer DEFAULT 1, p_lease_seconds integer DEFAULT 60) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return private.claim_for(private.require_agent(), p_kinds, p_limit, p_lease_seconds)::jsonb;
end;
$$;


ALTER FUNCTION public.claim_tasks(p_kinds text[], p_limit integer, p_lease_seconds integer) OWNER TO devos_api;

--
-- Name: FUNCTION claim_tasks(p_kinds text[], p_limit integer, p_lease_seconds integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.claim_tasks(p_kinds text[], p_limit integer, p_lease_seconds integer) IS 'Claim tasks as the calling agent: [{id, input, attempt, checkpoint, lease_token, ...}]. PT403 agent_required, PT422 invalid_claim.';


--
-- Name: close_session(text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.close_session(p_scope text DEFAULT 'global'::text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_user uuid := (private.claims() ->> 'sub')::uuid;
    v_session uuid := (private.claims() ->> 'session_id')::uuid;
    v_ended integer;
begin
    delete from auth.sessions s
     where s.user_id = v_user
       and exists (select from auth.sessions mine where mine.id = v_session and mine.user_id = v_user)
       and case p_scope when 'local' then s.id = v_session when 'others' then s.id <> v_session else p_scope = 'global' end;
    get diagnostics v_ended = row_count;
    return v_ended;
end;
$$;


ALTER FUNCTION public.close_session(p_scope text) OWNER TO devos_api;

--
-- Name: FUNCTION close_session(p_scope text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.close_session(p_scope text) IS 'Sign out: this session (local), all others (others) or all (global) of the caller end now. Returns how many.';


--
-- Name: complete_tasks(jsonb); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.complete_tasks(p_items jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return private.finish_as('complete', p_items);
end;
$$;


ALTER FUNCTION public.complete_tasks(p_items jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION complete_tasks(p_items jsonb); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.complete_tasks(p_items jsonb) IS 'Complete leased tasks: items {task_id, lease_token, output}. PT403 agent_required, PT422 invalid_items.';


--
-- Name: projects; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.projects (
    id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    team_id uuid,
    description text DEFAULT ''::text NOT NULL,
    default_priority smallint DEFAULT 3 NOT NULL,
    default_max_retries integer DEFAULT 3 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    ageing_seconds integer,
    cancel_grace_seconds integer DEFAULT 60 NOT NULL,
    unknown_kinds text DEFAULT 'allow'::text NOT NULL,
    creations_per_minute integer,
    CONSTRAINT projects_ageing_range CHECK (((ageing_seconds >= 60) AND (ageing_seconds <= 2592000))),
    CONSTRAINT projects_cancel_grace_range CHECK (((cancel_grace_seconds >= 1) AND (cancel_grace_seconds <= 86400))),
    CONSTRAINT projects_creations_range CHECK (((creations_per_minute >= 1) AND (creations_per_minute <= 100000))),
    CONSTRAINT projects_default_max_retries_range CHECK (((default_max_retries >= 0) AND (default_max_retries <= 100))),
    CONSTRAINT projects_default_priority_range CHECK (((default_priority >= 1) AND (default_priority <= 4))),
    CONSTRAINT projects_description_length CHECK ((char_length(description) <= 2000)),
    CONSTRAINT projects_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT projects_unknown_kinds CHECK ((unknown_kinds = ANY (ARRAY['allow'::text, 'refuse'::text])))
);

ALTER TABLE ONLY public.projects FORCE ROW LEVEL SECURITY;


ALTER TABLE public.projects OWNER TO devos_owner;

--
-- Name: TABLE projects; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.projects IS 'A project: what its members and agents may see together.';


--
-- Name: COLUMN projects.version; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.projects.version IS 'Counts the edits, so that two people who edit do not overwrite each other.';


--
-- Name: COLUMN projects.cancel_grace_seconds; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.projects.cancel_grace_seconds IS 'How long the holder of a cancelled task may clean up, before its lease is taken away.';


--
-- Name: COLUMN projects.unknown_kinds; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.projects.unknown_kinds IS 'Whether tasks may be of a kind that is neither built in nor the project''s own.';


--
-- Name: COLUMN projects.creations_per_minute; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.projects.creations_per_minute IS 'How many tasks requests create in it at once after a quiet minute, and in each minute from then on.';


--
-- Name: configure_project(uuid, smallint, integer, integer, integer, integer, text, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.configure_project(p_project_id uuid, p_default_priority smallint, p_default_max_retries integer, p_version integer DEFAULT NULL::integer, p_cancel_grace_seconds integer DEFAULT NULL::integer, p_ageing_seconds integer DEFAULT NULL::integer, p_unknown_kinds text DEFAULT NULL::text, p_creations_per_minute integer DEFAULT NULL::integer) RETURNS public.projects
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_project public.projects;
    v_config jsonb := jsonb_strip_nulls(jsonb_build_object(
        'default_priority', private.priority_name(p_default_priority), 'default_max_retries', p_default_max_retries,
        'cancel_grace_seconds', p_cancel_grace_seconds, 'ageing_seconds', p_ageing_seconds, 'unknown_kinds', p_unknown_kinds,
        'creations_per_minute', p_creations_per_minute));
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    update public.projects p
       set default_priority = p_default_priority, default_max_retries = p_default_max_retries,
           cancel_grace_seconds = coalesce(p_cancel_grace_seconds, p.cancel_grace_seconds),
           ageing_seconds = p_ageing_seconds, unknown_kinds = coalesce(p_unknown_kinds, p.unknown_kinds),
           creations_per_minute = nullif(coalesce(p_creations_per_minute, p.creations_per_minute), 0), version = p.version + 1
     where p.id = p_project_id and p.version = coalesce(p_version, p.version)
    returning * into v_project;
    if not found then
        perform private.refuse_version();
    end if;
    perform private.emit(
        'project.configured', p_project_id, p_project_id, v_config || jsonb_build_object('version', v_project.version));
    perform private.audit('project.configure', p_project_id, p_project_id, v_config);
    return v_project;
end;
$$;


ALTER FUNCTION public.configure_project(p_project_id uuid, p_default_priority smallint, p_default_max_retries integer, p_version integer, p_cancel_grace_seconds integer, p_ageing_seconds integer, p_unknown_kinds text, p_creations_per_minute integer) OWNER TO devos_api;

--
-- Name: FUNCTION configure_project(p_project_id uuid, p_default_priority smallint, p_default_max_retries integer, p_version integer, p_cancel_grace_seconds integer, p_ageing_seconds integer, p_unknown_kinds text, p_creations_per_minute integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.configure_project(p_project_id uuid, p_default_priority smallint, p_default_max_retries integer, p_version integer, p_cancel_grace_seconds integer, p_ageing_seconds integer, p_unknown_kinds text, p_creations_per_minute integer) IS 'What tasks of a project get that say nothing themselves, after how many seconds of waiting they rise (null: never),
whether their kinds must be known, and how many requests create in a minute (0: any number; null: both as before).
PT403 role_required, PT404 project_not_found, PT412 version_changed.';


--
-- Name: create_api_token(text, text[], integer, text, bytea); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.create_api_token(p_name text, p_scopes text[], p_expires_in_days integer, p_key_id text, p_key_hash bytea) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
    v_id uuid := private.new_id();
    v_scopes text[] := array(select distinct s from unnest(p_scopes) s order by s);
begin
    perform private.require_role('viewer');
    if exists (select from unnest(v_scopes) s where s !~ '^[a-z]+:(read|write)$') then
        perform private.fail(422, 'invalid_scopes', 'A scope is like tasks:read.', 'See the list in the reference of the API.');
    end if;
    insert into public.api_tokens (id, user_id, name, scopes, expires_at)
    values (v_id, private.my_user_id(), p_name, v_scopes, private.token_expiry(p_expires_in_days));
    insert into private.token_hashes (id, kind, token_id, hash) values (p_key_id, 'api', v_id, p_key_hash);
    perform private.audit('api_token.create', null, v_id,
        jsonb_build_object('name', p_name, 'scopes', v_scopes, 'expires_in_days', p_expires_in_days));
    return (select to_jsonb(t) from public.list_api_tokens(p_token_id => v_id) t);
end;
$_$;


ALTER FUNCTION public.create_api_token(p_name text, p_scopes text[], p_expires_in_days integer, p_key_id text, p_key_hash bytea) OWNER TO devos_api;

--
-- Name: FUNCTION create_api_token(p_name text, p_scopes text[], p_expires_in_days integer, p_key_id text, p_key_hash bytea); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.create_api_token(p_name text, p_scopes text[], p_expires_in_days integer, p_key_id text, p_key_hash bytea) IS 'A token that acts for the caller within its scopes; the SHA-256 of it is kept. PT403 role_required, PT422 invalid_expiry, invalid_scopes.';


--
-- Name: create_invitation(text, public.app_role, uuid, uuid, integer, text, bytea); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.create_invitation(p_email text, p_role public.app_role, p_team_id uuid, p_project_id uuid, p_expires_in_days integer, p_token_id text, p_token_hash bytea) RETURNS public.invitations
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_invitation public.invitations;
begin
    perform private.require_role('supervisor');
    if p_role > 'viewer' then
        perform private.require_role('admin');
        perform private.require_session();
    end if;
    if p_team_id is not null then
        perform private.require_team(p_team_id);
    end if;
    if p_project_id is not null then
        perform private.require_project(array[p_project_id]);
    end if;
    if private.normal_email(p_email) is null then
        perform private.fail(422, 'invalid_email', 'This is no e-mail address.', 'Write it like ada@example.org.');
    end if;
    if not coalesce(p_expires_in_days between 1 and 30, false) then
        perform private.fail(422, 'invalid_expiry', 'An invitation lives 1 to 30 days.');
    end if;
    insert into public.invitations (id, email, role, team_id, project_id, created_by, expires_at)
    values (private.new_id(), private.normal_email(p_email), p_role, p_team_id, p_project_id, private.my_user_id(),
            statement_timestamp() + p_expires_in_days * interval '1 day')
    returning * into v_invitation;
    insert into private.token_hashes (id, kind, token_id, hash)
    values (p_token_id, 'invitation', v_invitation.id, p_token_hash);
    perform private.emit('invitation.created', p_project_id, v_invitation.id, jsonb_build_object('role', p_role));
    perform private.audit('invitation.create', p_project_id, v_invitation.id,
        jsonb_build_object('email', v_invitation.email, 'role', p_role, 'team_id', p_team_id));
    return v_invitation;
end;
$$;


ALTER FUNCTION public.create_invitation(p_email text, p_role public.app_role, p_team_id uuid, p_project_id uuid, p_expires_in_days integer, p_token_id text, p_token_hash bytea) OWNER TO devos_api;

--
-- Name: FUNCTION create_invitation(p_email text, p_role public.app_role, p_team_id uuid, p_project_id uuid, p_expires_in_days integer, p_token_id text, p_token_hash bytea); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.create_invitation(p_email text, p_role public.app_role, p_team_id uuid, p_project_id uuid, p_expires_in_days integer, p_token_id text, p_token_hash bytea) IS 'Ask somebody in, and store the SHA-256 of the token that shows it. PT403 role_required, PT403 session_required, PT404 team_not_found, PT404 project_not_found, PT422 invalid_email, PT422 invalid_expiry.';


--
-- Name: create_limit(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.create_limit(p_project_id uuid, p_limit jsonb) RETURNS public.limits
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_most constant integer := 100;
    v_limit public.limits;
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    perform private.lock_lanes();
    if (select count(*) from public.limits m where m.project_id = p_project_id) >= v_most then
        perform private.fail(409, 'too_many_limits', format('A project has at most %s limits.', v_most),
            'Delete one that is not needed any more.');
    end if;
    insert into public.limits (id, project_id, name, scope, kind, max_running, rate_count, rate_seconds)
    select private.new_id(), p_project_id, n.name, n.scope, n.kind, n.max_running, n.rate_count, n.rate_seconds
      from jsonb_populate_record(null::public.limits, p_limit) n
    returning * into v_limit;
    perform private.mark_lanes(p_project_id);
    perform private.note_limit('create', 'created', v_limit);
    return v_limit;
end;
$$;


ALTER FUNCTION public.create_limit(p_project_id uuid, p_limit jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION create_limit(p_project_id uuid, p_limit jsonb); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.create_limit(p_project_id uuid, p_limit jsonb) IS 'How many tasks may run at once, or begin in a span of time: {name, scope, kind, max_running, rate_count, rate_seconds}. The next
claim obeys; what runs goes on. PT403 role_required, PT404 project_not_found, PT409 too_many_limits.';


--
-- Name: create_project(text, text, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.create_project(p_name text, p_description text DEFAULT ''::text, p_team_id uuid DEFAULT NULL::uuid) RETURNS public.projects
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid := private.new_id();
begin
    perform private.require_role('supervisor');
    perform private.require_team(p_team_id) where p_team_id is not null;
    -- Without RETURNING: the caller sees the project as its member, which comes next.
    insert into public.projects (id, name, description, team_id) values (v_id, p_name, p_description, p_team_id);
    insert into public.project_members (project_id, user_id) values (v_id, private.my_user_id());
    perform private.emit('project.created', v_id, v_id, jsonb_build_object('name', p_name, 'team_id', p_team_id));
    perform private.audit('project.create', v_id, v_id, jsonb_build_object('name', p_name, 'team_id', p_team_id));
    return (select p from public.projects p where p.id = v_id);
end;
$$;


ALTER FUNCTION public.create_project(p_name text, p_description text, p_team_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION create_project(p_name text, p_description text, p_team_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.create_project(p_name text, p_description text, p_team_id uuid) IS 'Create a project, in a team if one is named; the caller becomes its member. PT403 role_required, PT404 team_not_found.';


--
-- Name: create_project_token(uuid, text, integer, text, bytea); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.create_project_token(p_project_id uuid, p_name text, p_expires_in_days integer, p_key_id text, p_key_hash bytea) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid := private.new_id();
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    insert into public.project_tokens (id, project_id, name, created_by, expires_at)
    values (v_id, p_project_id, p_name, private.my_user_id(), private.token_expiry(p_expires_in_days));
    insert into private.token_hashes (id, kind, token_id, hash) values (p_key_id, 'project', v_id, p_key_hash);
    perform private.emit('project_token.created', p_project_id, v_id, jsonb_build_object('name', p_name));
    perform private.audit('project_token.create', p_project_id, v_id,
        jsonb_build_object('name', p_name, 'expires_in_days', p_expires_in_days));
    return (select to_jsonb(t) from public.list_project_tokens(p_project_id, p_token_id => v_id) t);
end;
$$;


ALTER FUNCTION public.create_project_token(p_project_id uuid, p_name text, p_expires_in_days integer, p_key_id text, p_key_hash bytea) OWNER TO devos_api;

--
-- Name: FUNCTION create_project_token(p_project_id uuid, p_name text, p_expires_in_days integer, p_key_id text, p_key_hash bytea); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.create_project_token(p_project_id uuid, p_name text, p_expires_in_days integer, p_key_id text, p_key_hash bytea) IS 'A token by which CI speaks for a project; the SHA-256 of it is kept. PT403 role_required, PT404 project_not_found,
PT422 invalid_expiry.';


--
-- Name: registration_tokens; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.registration_tokens (
    id uuid NOT NULL,
    name text NOT NULL,
    project_ids uuid[] NOT NULL,
    capabilities text[] DEFAULT '{}'::text[] NOT NULL,
    max_uses integer NOT NULL,
    uses integer DEFAULT 0 NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT registration_tokens_capabilities_count CHECK ((cardinality(capabilities) <= 100)),
    CONSTRAINT registration_tokens_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT registration_tokens_projects_count CHECK (((cardinality(project_ids) >= 1) AND (cardinality(project_ids) <= 100))),
    CONSTRAINT registration_tokens_uses_range CHECK ((((max_uses >= 1) AND (max_uses <= 10000)) AND ((uses >= 0) AND (uses <= max_uses))))
);

ALTER TABLE ONLY public.registration_tokens FORCE ROW LEVEL SECURITY;


ALTER TABLE public.registration_tokens OWNER TO devos_owner;

--
-- Name: TABLE registration_tokens; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.registration_tokens IS 'By which agents register themselves: the projects they get, the capabilities they may ask for, how often, until when.';


--
-- Name: create_registration_token(text, uuid[], text[], integer, integer, text, bytea); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.create_registration_token(p_name text, p_project_ids uuid[], p_capabilities text[], p_max_uses integer, p_expires_in_hours integer, p_key_id text, p_key_hash bytea) RETURNS public.registration_tokens
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid := private.new_id();
    v_projects uuid[] := array(select distinct p from unnest(p_project_ids) p order by p);
    v_token public.registration_tokens;
begin
    perform private.require_role('supervisor');
    perform private.require_project(v_projects);
    if not coalesce(p_expires_in_hours between 1 and 8760, false) then
        perform private.fail(422, 'invalid_expiry', 'A registration token lives 1 to 8760 hours.');
    end if;
    insert into public.registration_tokens (id, name, project_ids, capabilities, max_uses, created_by, expires_at)
    values (v_id, p_name, v_projects, private.normal_capabilities(p_capabilities), p_max_uses, private.my_user_id(),
        statement_timestamp() + p_expires_in_hours * interval '1 hour')
    returning * into v_token;
    insert into private.token_hashes (id, kind, token_id, hash) values (p_key_id, 'registration', v_id, p_key_hash);
    perform private.audit('registration_token.create', p, v_id,
        to_jsonb(v_token) - 'project_ids' || jsonb_build_object('key_id', p_key_id)) from unnest(v_projects) p;
    return v_token;
end;
$$;


ALTER FUNCTION public.create_registration_token(p_name text, p_project_ids uuid[], p_capabilities text[], p_max_uses integer, p_expires_in_hours integer, p_key_id text, p_key_hash bytea) OWNER TO devos_api;

--
-- Name: FUNCTION create_registration_token(p_name text, p_project_ids uuid[], p_capabilities text[], p_max_uses integer, p_expires_in_hours integer, p_key_id text, p_key_hash bytea); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.create_registration_token(p_name text, p_project_ids uuid[], p_capabilities text[], p_max_uses integer, p_expires_in_hours integer, p_key_id text, p_key_hash bytea) IS 'A token by which agents register themselves; its SHA-256 is stored. PT403 role_required, PT404 project_not_found, PT422 invalid_expiry.';


--
-- Name: create_repository(uuid, text, text, text, text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.create_repository(p_project_id uuid, p_forge text, p_external_id text, p_full_name text, p_clone_url text) RETURNS public.repositories
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_repository public.repositories;
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    insert into public.repositories (id, project_id, forge, external_id, full_name, clone_url)
    values (private.new_id(), p_project_id, p_forge, p_external_id, p_full_name, p_clone_url)
    returning * into v_repository;
    perform private.audit('repository.create', p_project_id, v_repository.id, jsonb_build_object('full_name', p_full_name));
    return v_repository;
end;
$$;


ALTER FUNCTION public.create_repository(p_project_id uuid, p_forge text, p_external_id text, p_full_name text, p_clone_url text) OWNER TO devos_api;

--
-- Name: FUNCTION create_repository(p_project_id uuid, p_forge text, p_external_id text, p_full_name text, p_clone_url text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.create_repository(p_project_id uuid, p_forge text, p_external_id text, p_full_name text, p_clone_url text) IS 'Say which project a repository of a forge belongs to. PT403 role_required, PT404 project_not_found; 409 when it is mapped already.';


--
-- Name: create_schedule(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.create_schedule(p_project_id uuid, p_schedule jsonb) RETURNS public.schedules
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_most constant integer := 100;
    v_schedule public.schedules;
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    perform private.require_schedulable(p_project_id, p_schedule -> 'task');
    -- Two who make the last one wait for each other here.
    perform from public.projects p where p.id = p_project_id for no key update;
    if (select count(*) from public.schedules s where s.project_id = p_project_id) >= v_most then
        perform private.fail(409, 'too_many_schedules', format('A project has at most %s schedules.', v_most),
            'Delete one that is not needed any more.');
    end if;
    insert into public.schedules (id, project_id, name, cron, time_zone, missed_runs, overlap, task)
    select private.new_id(), p_project_id, n.name, n.cron, coalesce(n.time_zone, 'UTC'), coalesce(n.missed_runs, 'run_once'),
           coalesce(n.overlap, 'skip'), n.task
      from jsonb_populate_record(null::public.schedules, p_schedule) n
    returning * into v_schedule;
    perform private.emit('schedule.created', p_project_id, v_schedule.id, jsonb_build_object(
        'name', v_schedule.name, 'cron', v_schedule.cron, 'time_zone', v_schedule.time_zone));
    return v_schedule;
end;
$$;


ALTER FUNCTION public.create_schedule(p_project_id uuid, p_schedule jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION create_schedule(p_project_id uuid, p_schedule jsonb); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.create_schedule(p_project_id uuid, p_schedule jsonb) IS 'Say when a project wants which task: {name, cron, time_zone, missed_runs, overlap, task}. The worker plans its first run.
PT403 role_required, PT404 project_not_found, task_not_found, PT409 too_many_schedules, PT422 agent_not_suitable, unknown_kind.';


--
-- Name: create_service(uuid, text, numeric, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.create_service(p_project_id uuid, p_name text, p_limit numeric, p_substitute_id uuid DEFAULT NULL::uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid := private.new_id();
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    if not coalesce(p_limit >= 0 and p_limit < 1e12 and p_limit = round(p_limit, 6), false) then
        perform private.fail(422, 'invalid_amount', 'The limit is not one that can be kept.',
            'Send a decimal from 0 to below 10^12, with at most 6 places.');
    end if;
    -- A new service is nobody's substitute yet, so this cannot close a cycle.
    insert into public.service_registry (id, project_id, name, "limit", substitute_id)
    values (v_id, p_project_id, p_name, p_limit, p_substitute_id);
    perform private.emit('service.created', p_project_id, v_id, jsonb_build_object('name', p_name, 'limit', p_limit::text));
    perform private.audit('service.create', p_project_id, v_id, jsonb_build_object('name', p_name, 'limit', p_limit::text));
    return public.read_service(v_id);
end;
$$;


ALTER FUNCTION public.create_service(p_project_id uuid, p_name text, p_limit numeric, p_substitute_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION create_service(p_project_id uuid, p_name text, p_limit numeric, p_substitute_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.create_service(p_project_id uuid, p_name text, p_limit numeric, p_substitute_id uuid) IS 'Register a metered upstream with its limit in USD. PT403 role_required, PT404 project_not_found, PT422 invalid_amount;
422 for a substitute that is not in the project, 409 for a name that is taken.';


--
-- Name: create_successor(uuid, jsonb, text, text, bigint); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.create_successor(p_task_id uuid, p_item jsonb, p_key text DEFAULT NULL::text, p_on_failure text DEFAULT 'fail'::text, p_lease_token bigint DEFAULT NULL::bigint) RETURNS public.tasks
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_agent uuid := private.my_agent_id();
    v_task public.tasks;
    v_id uuid;
    v_next public.tasks;
    v_counted jsonb;
    v_counts boolean;
begin
    if v_agent is not null then
        v_task := private.hold_lease(p_task_id, p_lease_token);
        perform private.refuse_successor(v_task, p_key, (p_item ->> 'priority')::smallint);
    else
        perform private.require_role('supervisor');
        v_task := public.read_task(p_task_id);
        -- As a lease would: those who ask under one key take turns.
        perform from public.tasks t where t.id = p_task_id for no key update;
    end if;
    select s.successor_id into v_id from private.task_successors s where s.task_id = p_task_id and s.key = p_key;
    if v_id is null then
        v_counted := jsonb_build_array(jsonb_build_object('project_id', v_task.project_id));
        v_counts := private.count_creations(array[v_task.project_id], v_counted, false);
        v_id := private.insert_successor(
            v_task.project_id,
            p_item - 'ref' - 'dedupe_key' || jsonb_build_object(
                'project_id', v_task.project_id, 'parent_task_id', v_task.parent_task_id,
                'priority', coalesce((p_item ->> 'priority')::smallint, v_task.priority),
                'depends_on', jsonb_build_array(jsonb_build_object('task_id', p_task_id, 'on_failure', p_on_failure))));
        insert into private.task_successors (task_id, key, project_id, successor_id, agent_id, attempt)
        values (p_task_id, coalesce(p_key, v_id::text), v_task.project_id, v_id, v_agent, v_task.attempt);
        perform private.count_creations(array[v_task.project_id], v_counted, true) where v_counts;
    end if;
    select t.* into v_next from public.tasks t where t.id = v_id;
    if v_agent is not null then
        -- Made before under this key, it may be another agent's by now, and what that one writes is not for this one.
        v_next.output := null;
        v_next.checkpoint := null;
        v_next.progress_note := null;
        v_next.last_error := null;
        v_next.agent_id := null;
        v_next.lease_token := null;
    end if;
    return v_next;
end;
$$;


ALTER FUNCTION public.create_successor(p_task_id uuid, p_item jsonb, p_key text, p_on_failure text, p_lease_token bigint) OWNER TO devos_api;

--
-- Name: FUNCTION create_successor(p_task_id uuid, p_item jsonb, p_key text, p_on_failure text, p_lease_token bigint); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.create_successor(p_task_id uuid, p_item jsonb, p_key text, p_on_failure text, p_lease_token bigint) IS 'A new task that waits for this one, in its project, with its parent and, unless given, its priority; once per key. By people, and
by the agent that holds the lease: 100 per attempt, none more urgent than its own task. PT403 role_required, PT404 task_not_found,
PT409 lease_lost, too_many_successors, PT422 priority_too_high, agent_not_suitable,
PT429 creation_rate_exceeded.';


--
-- Name: create_tasks(jsonb); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.create_tasks(p_items jsonb) RETURNS SETOF public.tasks
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_project_ids uuid[];
    v_counts boolean;
    v_ids uuid[];
begin
    if coalesce(jsonb_typeof(p_items), '') <> 'array' or jsonb_array_length(p_items) not between 1 and 1000 then
        perform private.fail(422, 'invalid_tasks', 'Send a list of 1 to 1000 tasks.');
    end if;
    v_project_ids := array(select distinct (i ->> 'project_id')::uuid from jsonb_array_elements(p_items) i);
    perform public.require_creation(v_project_ids);
    v_counts := private.count_creations(v_project_ids, p_items, false);
    v_ids := private.insert_tasks(p_items);
    perform private.count_creations(v_project_ids, p_items, true) where v_counts;
    return query select t.* from public.tasks t where t.id = any (v_ids) order by t.id;
end;
$$;


ALTER FUNCTION public.create_tasks(p_items jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION create_tasks(p_items jsonb); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.create_tasks(p_items jsonb) IS 'Create 1 to 1000 tasks, all or none, answered in the order sent. PT403 role_required, PT404 project_not_found, PT422 invalid_tasks,
agent_not_suitable, unknown_kind, creation_too_large, PT429 creation_rate_exceeded.';


--
-- Name: teams; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.teams (
    id uuid NOT NULL,
    name text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT teams_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100)))
);

ALTER TABLE ONLY public.teams FORCE ROW LEVEL SECURITY;


ALTER TABLE public.teams OWNER TO devos_owner;

--
-- Name: TABLE teams; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.teams IS 'People who see the same projects.';


--
-- Name: create_team(text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.create_team(p_name text) RETURNS public.teams
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid := private.new_id();
begin
    perform private.require_role('supervisor');
    -- Without RETURNING: the caller sees the team as its member, which comes next.
    insert into public.teams (id, name) values (v_id, p_name);
    insert into public.team_members (team_id, user_id) values (v_id, private.my_user_id());
    perform private.emit('team.created', null, v_id, jsonb_build_object('name', p_name));
    perform private.audit('team.create', null, v_id, jsonb_build_object('name', p_name));
    return (select t from public.teams t where t.id = v_id);
end;
$$;


ALTER FUNCTION public.create_team(p_name text) OWNER TO devos_api;

--
-- Name: FUNCTION create_team(p_name text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.create_team(p_name text) IS 'Create a team; the caller becomes its member. PT403 role_required.';


--
-- Name: delete_artifact(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.delete_artifact(p_artifact_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_artifact public.task_artifacts;
begin
    perform private.require_role('supervisor');
    delete from public.task_artifacts a where a.id = p_artifact_id returning a.* into v_artifact;
    if not found then
        perform private.fail(404, 'artifact_not_found', 'There is no such artifact.');
    end if;
    perform private.emit('task.artifact_deleted', v_artifact.project_id, v_artifact.task_id,
        jsonb_build_object('artifact_id', v_artifact.id, 'name', v_artifact.name));
end;
$$;


ALTER FUNCTION public.delete_artifact(p_artifact_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION delete_artifact(p_artifact_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.delete_artifact(p_artifact_id uuid) IS 'Remove an artifact; its bytes are swept later. PT403 role_required, PT404 artifact_not_found.';


--
-- Name: delete_kind(uuid, text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.delete_kind(p_project_id uuid, p_name text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid;
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    delete from public.kinds k where k.project_id = p_project_id and k.name = p_name returning k.id into v_id;
    if not found then
        perform public.read_kind(p_project_id, p_name);
        perform private.fail(409, 'kind_built_in', 'This kind is built in and stays.',
            'Replace it in the project with a kind of the same name.');
    end if;
    perform private.emit('kind.deleted', p_project_id, v_id, jsonb_build_object('name', p_name));
end;
$$;


ALTER FUNCTION public.delete_kind(p_project_id uuid, p_name text) OWNER TO devos_api;

--
-- Name: FUNCTION delete_kind(p_project_id uuid, p_name text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.delete_kind(p_project_id uuid, p_name text) IS 'Forget a project''s own kind; a built-in one of the name counts again. Tasks stay as they are.
PT403 role_required, PT404 project_not_found, kind_not_found, PT409 kind_built_in.';


--
-- Name: delete_limit(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.delete_limit(p_limit_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_limit public.limits;
begin
    perform private.require_role('supervisor');
    v_limit := public.read_limit(p_limit_id);
    perform private.lock_lanes();
    delete from public.limits m where m.id = p_limit_id;
    if found then
        perform private.mark_lanes(v_limit.project_id);
        perform private.note_limit('delete', 'deleted', v_limit);
    end if;
end;
$$;


ALTER FUNCTION public.delete_limit(p_limit_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION delete_limit(p_limit_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.delete_limit(p_limit_id uuid) IS 'Count no more: what waited for room may be claimed. PT403 role_required, PT404 limit_not_found.';


--
-- Name: delete_project(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.delete_project(p_project_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    -- What refers to the project waits for this lock, and what came before it is seen by the statement that follows.
    perform from public.projects p where p.id = p_project_id for update;
    delete from public.projects p
     where p.id = p_project_id
       and not exists (select from public.tasks t where t.project_id = p.id)
       and not exists (select from public.service_registry s where s.project_id = p.id)
       and not exists (select from public.repositories r where r.project_id = p.id)
       and not exists (select from public.agent_projects a where a.project_id = p.id);
    if not found then
        perform private.fail(409, 'project_has_history', 'Something has happened in this project already.',
            'Only a project without tasks, services, repositories and agents can be deleted.');
    end if;
    -- Its own events end with it: this one is for admins.
    perform private.emit('project.deleted', null, p_project_id);
    perform private.audit('project.delete', p_project_id, p_project_id);
end;
$$;


ALTER FUNCTION public.delete_project(p_project_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION delete_project(p_project_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.delete_project(p_project_id uuid) IS 'Delete a project in which nothing has happened. PT403 role_required, PT404 project_not_found, PT409 project_has_history.';


--
-- Name: delete_schedule(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.delete_schedule(p_schedule_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_schedule public.schedules;
begin
    perform private.require_role('supervisor');
    v_schedule := public.read_schedule(p_schedule_id);
    delete from public.schedules s where s.id = p_schedule_id;
    perform private.emit('schedule.deleted', v_schedule.project_id, v_schedule.id, jsonb_build_object('name', v_schedule.name));
end;
$$;


ALTER FUNCTION public.delete_schedule(p_schedule_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION delete_schedule(p_schedule_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.delete_schedule(p_schedule_id uuid) IS 'Forget a schedule and what became of its runs; the tasks that it made stay. PT403 role_required, PT404 schedule_not_found.';


--
-- Name: delete_secret(uuid, uuid, text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.delete_secret(p_project_id uuid, p_team_id uuid, p_name text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid;
begin
    perform private.require_secret_owner(p_project_id, p_team_id);
    delete from public.secrets s
     where (s.project_id = p_project_id or s.team_id = p_team_id) and s.name = p_name
    returning s.id into v_id;
    if not found then
        perform private.fail(404, 'secret_not_found', 'There is no secret of this name.', 'List them.');
    end if;
    perform private.emit('secret.deleted', p_project_id, v_id, jsonb_build_object('name', p_name, 'team_id', p_team_id));
    perform private.audit('secret.delete', p_project_id, v_id, jsonb_build_object('name', p_name, 'team_id', p_team_id));
end;
$$;


ALTER FUNCTION public.delete_secret(p_project_id uuid, p_team_id uuid, p_name text) OWNER TO devos_api;

--
-- Name: FUNCTION delete_secret(p_project_id uuid, p_team_id uuid, p_name text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.delete_secret(p_project_id uuid, p_team_id uuid, p_name text) IS 'Forget a secret of a project or a team. PT403 role_required, PT404 project_not_found, team_not_found, secret_not_found.';


--
-- Name: delete_task(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.delete_task(p_task_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_task public.tasks;
begin
    perform private.require_role('supervisor');
    v_task := public.read_task(p_task_id);
    -- Locked, so that nothing comes to wait for it meanwhile.
    perform from public.tasks t where t.id = p_task_id for update;
    if exists (select from public.task_dependencies d where d.depends_on_id = p_task_id) then
        perform private.fail(409, 'task_has_dependents', 'Other tasks wait for this one.', 'Cancel it, or let them wait no longer.');
    end if;
    delete from public.tasks t where t.id = p_task_id and t.attempt = 0 and t.state in ('pending', 'blocked', 'cancelled');
    if not found then
        perform private.fail(409, 'task_has_history', 'The task was claimed once; what happened is kept.', 'Cancel it instead.');
    end if;
    perform private.emit('task.deleted', v_task.project_id, v_task.id, jsonb_build_object('title', v_task.title));
    perform private.audit('task.delete', v_task.project_id, v_task.id, jsonb_build_object('title', v_task.title));
end;
$$;


ALTER FUNCTION public.delete_task(p_task_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION delete_task(p_task_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.delete_task(p_task_id uuid) IS 'Remove a task that nobody ever claimed. PT403 role_required, PT404 task_not_found, PT409 task_has_history,
task_has_dependents.';


--
-- Name: delete_team(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.delete_team(p_team_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    perform private.require_team(p_team_id);
    -- The reference of its projects refuses it, also while one is just being given to the team.
    delete from public.teams t where t.id = p_team_id;
    perform private.emit('team.deleted', null, p_team_id);
    perform private.audit('team.delete', null, p_team_id);
end;
$$;


ALTER FUNCTION public.delete_team(p_team_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION delete_team(p_team_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.delete_team(p_team_id uuid) IS 'Delete a team without projects. PT403 role_required, PT404 team_not_found; 409 team_in_use.';


--
-- Name: dispatch(uuid, bigint, uuid, numeric); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.dispatch(p_task_id uuid, p_lease_token bigint, p_service_id uuid, p_estimated_amount numeric DEFAULT NULL::numeric) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
    v_asked public.service_registry;
    v_used public.service_registry;
begin
    if p_estimated_amount is not null then
        perform private.require_amount(p_estimated_amount);
    end if;
    select * into v_asked from public.service_registry s where s.id = p_service_id and s.project_id = v_task.project_id;
    if not found then
        perform private.fail(404, 'service_not_found', 'There is no such service.', 'List yours with GET /api/services.');
    end if;
    with recursive chain as (
        select s, array[s.id] as seen from public.service_registry s where s.id = v_asked.id
        union all
        select n, c.seen || n.id
          from chain c
          join public.service_registry n on n.id = (c.s).substitute_id and n.id <> all (c.seen)
    )
    select (c.s).* into v_used from chain c
     where (c.s).state = 'ACTIVE'
       and (c.s).spent + (c.s).reserved + coalesce(p_estimated_amount, 0.000001) <= (c.s)."limit"
     order by cardinality(c.seen) limit 1;
    perform private.emit('service.dispatched', v_task.project_id, v_asked.id, jsonb_build_object(
        'task_id', v_task.id, 'attempt', v_task.attempt, 'asked', v_asked.name, 'used', v_used.name));
    return jsonb_build_object(
        'allowed', v_used.id is not null, 'reason', case when v_used.id is null then 'budget_exhausted' end,
        'service_asked', private.service_ref(v_asked), 'service_used', private.service_ref(v_used));
end;
$$;


ALTER FUNCTION public.dispatch(p_task_id uuid, p_lease_token bigint, p_service_id uuid, p_estimated_amount numeric) OWNER TO devos_api;

--
-- Name: FUNCTION dispatch(p_task_id uuid, p_lease_token bigint, p_service_id uuid, p_estimated_amount numeric); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.dispatch(p_task_id uuid, p_lease_token bigint, p_service_id uuid, p_estimated_amount numeric) IS 'Which service a leased task must use now: the one asked for, or the first substitute with room. Moves no money; the
question is recorded. Answers {allowed, reason, service_asked, service_used}.
PT403 agent_required, PT404 task_not_found | service_not_found, PT409 lease_lost, PT422 invalid_amount.';


--
-- Name: event_visibility(uuid, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.event_visibility(p_project_id uuid DEFAULT NULL::uuid, p_task_id uuid DEFAULT NULL::uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_project(array[p_project_id]) where p_project_id is not null;
    perform public.read_task(p_task_id) where p_task_id is not null;
    return jsonb_build_object(
        'project_ids', private.my_project_ids(),
        'team_ids', private.my_team_ids(),
        'is_admin', coalesce(public.get_my_role() = 'admin', false));
end;
$$;


ALTER FUNCTION public.event_visibility(p_project_id uuid, p_task_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION event_visibility(p_project_id uuid, p_task_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.event_visibility(p_project_id uuid, p_task_id uuid) IS 'By what the policies of events let the caller see one, for whoever has read them already: {project_ids, team_ids, is_admin}.
PT404 project_not_found, task_not_found for what it asks to follow and may not see.';


--
-- Name: explain_wait(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.explain_wait(p_task_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_task public.tasks := public.read_task(p_task_id);
begin
    if v_task.state <> 'pending' then
        return '[]';
    end if;
    return coalesce((
        select jsonb_agg(w.reason order by w.nr)
          from (
            select 1 as nr, jsonb_build_object('what', 'dependencies', 'count', v_task.open_dependencies) as reason
             where v_task.open_dependencies > 0
            union all
            select 2, jsonb_build_object('what', 'time', 'until', v_task.run_at) where v_task.run_at > statement_timestamp()
            union all
            select 3, jsonb_build_object('what', 'limit', 'limit_id', m.id, 'name', m.name, 'until',
                       private.room_until(m, substr(r.room, 38)))
              from private.rooms_of(v_task.lane_id) r join public.limits m on m.id = r.limit_id
             where private.room_left(r.room, 1) = 0) w), '[]');
end;
$$;


ALTER FUNCTION public.explain_wait(p_task_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION explain_wait(p_task_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.explain_wait(p_task_id uuid) IS 'What a pending task waits for besides an agent: [{what: dependencies | time | limit, …}]. PT404 task_not_found.';


--
-- Name: extend_leases(jsonb, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.extend_leases(p_leases jsonb, p_lease_seconds integer DEFAULT 60) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_agent uuid := private.require_agent();
    v_kept jsonb;
begin
    if coalesce(jsonb_typeof(p_leases), '') <> 'array' or jsonb_array_length(p_leases) not between 1 and 1000
       or not coalesce(p_lease_seconds between 1 and 3600, false) then
        perform private.fail(422, 'invalid_leases', 'Renew 1 to 1000 leases, for 1 to 3600 seconds.');
    end if;
    perform private.touch_agent(v_agent);
    -- A row is written when a fifth of what is asked for has passed: an agent stops its handler at four fifths of a lease
    -- that it could not renew, so one that counts the whole lease from each answer still stops in time.
    update public.tasks t
       set lease_expires_at = private.lease_end(p_lease_seconds, t.started_at, t.timeout_seconds),
           lease_seconds = p_lease_seconds
      from (select distinct l.task_id, l.lease_token
              from jsonb_to_recordset(p_leases) as l (task_id uuid, lease_token bigint)) l
     where t.id = l.task_id and t.lease_token = l.lease_token and t.agent_id = v_agent
       and coalesce(t.lease_expires_at > statement_timestamp(), false)
       and t.lease_expires_at < statement_timestamp() + 0.8 * p_lease_seconds * interval '1 second'
       and t.lease_expires_at < private.lease_end(p_lease_seconds, t.started_at, t.timeout_seconds);
    select jsonb_object_agg(t.id || ':' || t.lease_token, jsonb_build_object(
               'lease_expires_at', t.lease_expires_at, 'cancel_requested', t.cancel_requested_at is not null,
               'lease_left_seconds', extract(epoch from t.lease_expires_at - statement_timestamp())))
      into v_kept
      from jsonb_to_recordset(p_leases) as l (task_id uuid, lease_token bigint)
      join public.tasks t on t.id = l.task_id
     where t.lease_token = l.lease_token and t.agent_id = v_agent
       and coalesce(t.lease_expires_at > statement_timestamp(), false);
    return (
        select jsonb_agg(jsonb_build_object('task_id', l.task_id, 'outcome', 'lease_lost', 'cancel_requested', false,
                   'lease_expires_at', null, 'lease_left_seconds', 0)
               || coalesce(v_kept -> (l.task_id || ':' || l.lease_token) || '{"outcome": "extended"}', '{}') order by l.nr)
          from rows from (jsonb_to_recordset(p_leases) as (task_id uuid, lease_token bigint))
               with ordinality as l (task_id, lease_token, nr));
end;
$$;


ALTER FUNCTION public.extend_leases(p_leases jsonb, p_lease_seconds integer) OWNER TO devos_api;

--
-- Name: FUNCTION extend_leases(p_leases jsonb, p_lease_seconds integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.extend_leases(p_leases jsonb, p_lease_seconds integer) IS 'Renew many leases in one call, none past the time limit of its task: per lease {task_id, outcome: extended | lease_lost,
cancel_requested, lease_expires_at, lease_left_seconds}. One of which four fifths are left is as good as renewed, and not written.
PT403 agent_required, PT422 invalid_leases.';


--
-- Name: fail_tasks(jsonb); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.fail_tasks(p_items jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return private.finish_as('fail', p_items);
end;
$$;


ALTER FUNCTION public.fail_tasks(p_items jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION fail_tasks(p_items jsonb); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.fail_tasks(p_items jsonb) IS 'Fail leased tasks: items {task_id, lease_token, error, retryable, retry_after_seconds, blocked_reason}; a retry follows while there is one left. PT403 agent_required, PT422 invalid_items.';


--
-- Name: follow_events(xid8, bigint, xid8, bigint, uuid, uuid, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.follow_events(p_after_xid xid8, p_after_id bigint, p_until_xid xid8, p_until_id bigint, p_project_id uuid DEFAULT NULL::uuid, p_subject_id uuid DEFAULT NULL::uuid, p_limit integer DEFAULT 500) RETURNS TABLE(cursor text, type text, project_id uuid, subject_id uuid, actor_kind text, actor_id uuid, data jsonb, at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select f.xid || '.' || f.id, f.type, f.project_id, f.subject_id, f.actor_kind, f.actor_id, f.data, f.at
      from (
        -- Each project by its own index: what others do meanwhile is not waded through.
        select own.*
          from unnest(private.my_project_ids()) p
         cross join lateral (
            select * from public.events e
             where e.project_id = p
               and (e.xid, e.id) > (p_after_xid, p_after_id) and (e.xid, e.id) <= (p_until_xid, p_until_id)
             order by e.xid, e.id limit least(p_limit, 1000)) own
         where p_subject_id is null and (p_project_id is null or p = p_project_id)
        union all
        (select * from public.events e
          where p_subject_id is null and p_project_id is null and e.project_id is null
            and (e.xid, e.id) > (p_after_xid, p_after_id) and (e.xid, e.id) <= (p_until_xid, p_until_id)
          order by e.xid, e.id limit least(p_limit, 1000))
        union all
        (select * from public.events e
          where e.subject_id = p_subject_id and (p_project_id is null or e.project_id = p_project_id)
            and (e.xid, e.id) > (p_after_xid, p_after_id) and (e.xid, e.id) <= (p_until_xid, p_until_id)
          order by e.xid, e.id limit least(p_limit, 1000))) f
     where f.xid < pg_snapshot_xmin(pg_current_snapshot())
     order by f.xid, f.id
     limit least(p_limit, 1000)
$$;


ALTER FUNCTION public.follow_events(p_after_xid xid8, p_after_id bigint, p_until_xid xid8, p_until_id bigint, p_project_id uuid, p_subject_id uuid, p_limit integer) OWNER TO devos_api;

--
-- Name: FUNCTION follow_events(p_after_xid xid8, p_after_id bigint, p_until_xid xid8, p_until_id bigint, p_project_id uuid, p_subject_id uuid, p_limit integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.follow_events(p_after_xid xid8, p_after_id bigint, p_until_xid xid8, p_until_id bigint, p_project_id uuid, p_subject_id uuid, p_limit integer) IS 'Events between two cursors, in commit order: of all projects and teams that the caller sees, of one project, or about one subject.';


--
-- Name: get_my_role(); Type: FUNCTION; Schema: public; Owner: devos_lookup
--

CREATE FUNCTION public.get_my_role() RETURNS public.app_role
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select r.role from public.user_roles r where r.user_id = private.my_user_id()
$$;


ALTER FUNCTION public.get_my_role() OWNER TO devos_lookup;

--
-- Name: FUNCTION get_my_role(); Type: COMMENT; Schema: public; Owner: devos_lookup
--

COMMENT ON FUNCTION public.get_my_role() IS 'The platform role of the caller: admin, supervisor or viewer; null for no one.';


--
-- Name: increase_budget(uuid, numeric, text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.increase_budget(p_service_id uuid, p_amount numeric, p_reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_before public.service_registry;
    v_after public.service_registry;
begin
    perform private.require_role('supervisor');
    perform private.require_amount(p_amount);
    select * into v_before from public.service_registry s where s.id = p_service_id for no key update;
    if not found then
        perform private.fail(404, 'service_not_found', 'There is no such service.', 'List yours with GET /api/services.');
    end if;
    if v_before."limit" + p_amount >= 1e12 then
        perform private.fail(422, 'invalid_amount', 'The limit would be larger than can be kept.', 'Send less.');
    end if;
    update public.service_registry s
       set "limit" = s."limit" + p_amount,
           overrun = greatest(s.overrun - p_amount, 0),
           state = case when s.spent + s.reserved < s."limit" + p_amount then 'ACTIVE' else s.state end
     where s.id = v_before.id
    returning * into v_after;
    perform private.emit('service.budget_increased', v_after.project_id, v_after.id, jsonb_build_object(
        'name', v_after.name, 'amount', p_amount::text, 'limit', v_after."limit"::text, 'reason', p_reason));
    perform private.audit('service.increase_budget', v_after.project_id, v_after.id, jsonb_build_object(
        'from', v_before."limit"::text, 'to', v_after."limit"::text, 'reason', p_reason));
    if v_before.state <> v_after.state then
        perform private.emit('service.reactivated', v_after.project_id, v_after.id, jsonb_build_object('name', v_after.name));
    end if;
    -- Also when it was never suspended: dispatch blocks a task whose estimate does not fit an active service.
    if v_after.state = 'ACTIVE' then
        perform private.resume_blocked_tasks(v_after.project_id, 'budget');
    end if;
    return public.read_service(v_after.id);
end;
$$;


ALTER FUNCTION public.increase_budget(p_service_id uuid, p_amount numeric, p_reason text) OWNER TO devos_api;

--
-- Name: FUNCTION increase_budget(p_service_id uuid, p_amount numeric, p_reason text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.increase_budget(p_service_id uuid, p_amount numeric, p_reason text) IS 'Raise the limit of a service by p_amount USD; overrun is absorbed first, a suspended service with room works again, and
tasks of the project that were blocked by the budget go on. PT403 role_required, PT404 service_not_found, PT422 invalid_amount.';


--
-- Name: list_agent_keys(uuid, integer, text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_agent_keys(p_agent_id uuid, p_limit integer DEFAULT 50, p_after text DEFAULT NULL::text) RETURNS TABLE(id text, created_at timestamp with time zone, expires_at timestamp with time zone, revoked_at timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    perform private.require_agent_seen(p_agent_id);
    return query
        select k.id, k.created_at, k.expires_at, k.revoked_at from private.agent_keys k
         where k.agent_id = p_agent_id and (p_after is null or k.id > p_after)
         order by k.id limit least(p_limit, 1001);
end;
$$;


ALTER FUNCTION public.list_agent_keys(p_agent_id uuid, p_limit integer, p_after text) OWNER TO devos_api;

--
-- Name: FUNCTION list_agent_keys(p_agent_id uuid, p_limit integer, p_after text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_agent_keys(p_agent_id uuid, p_limit integer, p_after text) IS 'The keys of an agent by id, ended ones too. PT403 role_required, PT404 agent_not_found.';


--
-- Name: list_agents(uuid, integer, uuid, uuid, text, jsonb, text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_agents(p_project_id uuid DEFAULT NULL::uuid, p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid, p_agent_id uuid DEFAULT NULL::uuid, p_capability text DEFAULT NULL::text, p_label jsonb DEFAULT NULL::jsonb, p_state text DEFAULT NULL::text) RETURNS TABLE(id uuid, name text, capabilities text[], labels jsonb, project_ids uuid[], state text, is_active boolean, broker_allowed boolean, version integer, seen_at timestamp with time zone, created_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select a.id, a.name, a.capabilities, a.labels,
           array(select ap.project_id from public.agent_projects ap where ap.agent_id = a.id order by ap.project_id),
           s.state, a.is_active, a.broker_allowed, a.version, h.seen_at, a.created_at
      from (select p_agent_id as id where p_agent_id is not null
            union all
            select f.id
              from private.search_agents(
                       array(select m from unnest(private.my_project_ids()) m where p_project_id is null or m = p_project_id),
                       p_capability, p_label, p_after,
                       -- Whoever filters the rows themselves cannot have them counted before.
                       case when p_state is null and private.my_agent_id() is null then least(p_limit, 1001) end) as f (id)
             where p_agent_id is null) found
      join public.agents a on a.id = found.id
      left join public.agent_heartbeats h on h.agent_id = a.id
     cross join lateral (
        select case
            when not a.is_active then 'deactivated'
            when exists (select from public.tasks t where t.agent_id = a.id and t.state = 'running'
                            and t.lease_expires_at > statement_timestamp()) then 'busy'
            when h.seen_at > statement_timestamp() - interval '1 minute' then 'idle'
            else 'offline' end as state) s
     where p_state is null or s.state = p_state
     order by a.id limit least(p_limit, 1001)
$$;


ALTER FUNCTION public.list_agents(p_project_id uuid, p_limit integer, p_after uuid, p_agent_id uuid, p_capability text, p_label jsonb, p_state text) OWNER TO devos_api;

--
-- Name: FUNCTION list_agents(p_project_id uuid, p_limit integer, p_after uuid, p_agent_id uuid, p_capability text, p_label jsonb, p_state text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_agents(p_project_id uuid, p_limit integer, p_after uuid, p_agent_id uuid, p_capability text, p_label jsonb, p_state text) IS 'Agents with the state that follows from heartbeat and leases: busy, idle, offline (silent for a minute), deactivated.';


--
-- Name: list_api_tokens(integer, uuid, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_api_tokens(p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid, p_token_id uuid DEFAULT NULL::uuid) RETURNS TABLE(id uuid, name text, scopes text[], created_at timestamp with time zone, expires_at timestamp with time zone, revoked_at timestamp with time zone, used_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select t.id, t.name, t.scopes, t.created_at, t.expires_at, t.revoked_at, u.used_at
      from public.api_tokens t
      left join private.token_uses u on u.token_id = t.id
     where t.user_id = private.my_user_id()
       and (p_token_id is null or t.id = p_token_id) and (p_after is null or t.id > p_after)
     order by t.id limit least(p_limit, 1001)
$$;


ALTER FUNCTION public.list_api_tokens(p_limit integer, p_after uuid, p_token_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_api_tokens(p_limit integer, p_after uuid, p_token_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_api_tokens(p_limit integer, p_after uuid, p_token_id uuid) IS 'The caller''s own API tokens, ended ones too, and when each was used last.';


--
-- Name: task_attempts; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.task_attempts (
    task_id uuid NOT NULL,
    attempt integer NOT NULL,
    project_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    lease_token bigint NOT NULL,
    outcome public.attempt_outcome NOT NULL,
    error jsonb,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
)
WITH (autovacuum_vacuum_insert_scale_factor='0.02', autovacuum_analyze_scale_factor='0.05');

ALTER TABLE ONLY public.task_attempts FORCE ROW LEVEL SECURITY;


ALTER TABLE public.task_attempts OWNER TO devos_owner;

--
-- Name: TABLE task_attempts; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.task_attempts IS 'How each attempt at a task ended; written once, at its end.';


--
-- Name: list_attempts(uuid, integer, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_attempts(p_task_id uuid, p_limit integer DEFAULT 50, p_after integer DEFAULT 0) RETURNS SETOF public.task_attempts
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform public.read_task(p_task_id);
    return query
        select a.* from public.task_attempts a
         where a.task_id = p_task_id and a.attempt > p_after order by a.attempt limit least(p_limit, 1001);
end;
$$;


ALTER FUNCTION public.list_attempts(p_task_id uuid, p_limit integer, p_after integer) OWNER TO devos_api;

--
-- Name: FUNCTION list_attempts(p_task_id uuid, p_limit integer, p_after integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_attempts(p_task_id uuid, p_limit integer, p_after integer) IS 'The ended attempts at a task, in order. PT404 task_not_found.';


--
-- Name: list_dead_letters(uuid, text, text, timestamp with time zone, integer, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_dead_letters(p_project_id uuid DEFAULT NULL::uuid, p_kind text DEFAULT NULL::text, p_error_code text DEFAULT NULL::text, p_since timestamp with time zone DEFAULT NULL::timestamp with time zone, p_limit integer DEFAULT 50, p_before uuid DEFAULT NULL::uuid) RETURNS TABLE(id uuid, project_id uuid, kind text, title text, priority smallint, tags text[], attempt integer, retry_count integer, max_retries integer, last_error jsonb, version integer, created_at timestamp with time zone, finished_at timestamp with time zone, attempts jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select t.id, t.project_id, t.kind, t.title, t.priority, t.tags, t.attempt, t.retry_count,
           t.max_retries, t.last_error, t.version, t.created_at, t.finished_at,
           (select coalesce(jsonb_agg(to_jsonb(a) - 'lease_token' order by a.attempt), '[]')
              from public.task_attempts a where a.task_id = t.id)
      from private.search_dead_letters(
               array(select m from unnest(private.my_project_ids()) m where p_project_id is null or m = p_project_id),
               p_kind, p_error_code, p_since, null, p_before, least(p_limit, 1001)) as f (id)
      join public.tasks t on t.id = f.id
     order by t.id desc
$$;


ALTER FUNCTION public.list_dead_letters(p_project_id uuid, p_kind text, p_error_code text, p_since timestamp with time zone, p_limit integer, p_before uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_dead_letters(p_project_id uuid, p_kind text, p_error_code text, p_since timestamp with time zone, p_limit integer, p_before uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_dead_letters(p_project_id uuid, p_kind text, p_error_code text, p_since timestamp with time zone, p_limit integer, p_before uuid) IS 'Tasks that failed for good, newest first, each with its whole history.';


--
-- Name: list_dependencies(uuid, integer, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_dependencies(p_task_id uuid, p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid) RETURNS TABLE(relation text, task_id uuid, kind text, title text, state public.task_state, on_failure text, settled_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform public.read_task(p_task_id);
    return query
        select n.relation, n.id, t.kind::text, t.title::text, t.state, n.on_failure, n.settled_at
          from (select 'predecessor' as relation, d.depends_on_id as id, d.on_failure, d.settled_at
                  from public.task_dependencies d where d.task_id = p_task_id
                 union all
                select 'dependent', d.task_id, d.on_failure, d.settled_at
                  from public.task_dependencies d where d.depends_on_id = p_task_id) n
          join public.tasks t on t.id = n.id
         where p_after is null or n.id > p_after
         order by n.id limit least(p_limit, 1001);
end;
$$;


ALTER FUNCTION public.list_dependencies(p_task_id uuid, p_limit integer, p_after uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_dependencies(p_task_id uuid, p_limit integer, p_after uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_dependencies(p_task_id uuid, p_limit integer, p_after uuid) IS 'What a task waits for (predecessors) and what waits for it (dependents). PT404 task_not_found.';


--
-- Name: list_events(uuid, xid8, bigint, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_events(p_project_id uuid, p_after_xid xid8 DEFAULT '0'::xid8, p_after_id bigint DEFAULT 0, p_limit integer DEFAULT 100) RETURNS TABLE(cursor text, type text, project_id uuid, subject_id uuid, actor_kind text, actor_id uuid, data jsonb, at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- Below the oldest running transaction nothing can still appear, so a cursor never passes over an event.
    select e.xid || '.' || e.id, e.type, e.project_id, e.subject_id, e.actor_kind, e.actor_id, e.data, e.at
      from public.events e
     where e.project_id = p_project_id and (e.xid, e.id) > (p_after_xid, p_after_id)
       and e.xid < pg_snapshot_xmin(pg_current_snapshot())
     order by e.xid, e.id
     limit least(p_limit, 1000)
$$;


ALTER FUNCTION public.list_events(p_project_id uuid, p_after_xid xid8, p_after_id bigint, p_limit integer) OWNER TO devos_api;

--
-- Name: FUNCTION list_events(p_project_id uuid, p_after_xid xid8, p_after_id bigint, p_limit integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_events(p_project_id uuid, p_after_xid xid8, p_after_id bigint, p_limit integer) IS 'Events of a project after a cursor, in commit order.';


--
-- Name: list_invitations(integer, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_invitations(p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid) RETURNS SETOF public.invitations
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select i.* from public.invitations i
     where p_after is null or i.id > p_after
     order by i.id limit least(p_limit, 1001)
$$;


ALTER FUNCTION public.list_invitations(p_limit integer, p_after uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_invitations(p_limit integer, p_after uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_invitations(p_limit integer, p_after uuid) IS 'The invitations the caller sees, ended ones too, by id.';


--
-- Name: list_kinds(uuid, integer, text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_kinds(p_project_id uuid, p_limit integer DEFAULT 50, p_after text DEFAULT NULL::text) RETURNS SETOF public.kinds
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_project(array[p_project_id]);
    return query
        select k.* from private.kinds_of(p_project_id, null) k
         where p_after is null or k.name > p_after
         order by k.name limit least(p_limit, 1001);
end;
$$;


ALTER FUNCTION public.list_kinds(p_project_id uuid, p_limit integer, p_after text) OWNER TO devos_api;

--
-- Name: FUNCTION list_kinds(p_project_id uuid, p_limit integer, p_after text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_kinds(p_project_id uuid, p_limit integer, p_after text) IS 'The kinds of a project, built-in ones too, by name. PT404 project_not_found.';


--
-- Name: list_limits(uuid, integer, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_limits(p_project_id uuid DEFAULT NULL::uuid, p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid) RETURNS SETOF public.limits
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select m.* from public.limits m
     where (p_project_id is null or m.project_id = p_project_id) and (p_after is null or m.id > p_after)
     order by m.id limit least(p_limit, 1001)
$$;


ALTER FUNCTION public.list_limits(p_project_id uuid, p_limit integer, p_after uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_limits(p_project_id uuid, p_limit integer, p_after uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_limits(p_project_id uuid, p_limit integer, p_after uuid) IS 'The limits of the caller''s projects, or of one of them, by id.';


--
-- Name: task_log_ids; Type: SEQUENCE; Schema: private; Owner: devos_owner
--

CREATE SEQUENCE private.task_log_ids
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER SEQUENCE private.task_log_ids OWNER TO devos_owner;

--
-- Name: SEQUENCE task_log_ids; Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON SEQUENCE private.task_log_ids IS 'Numbers log lines: within a task they are in commit order.';


--
-- Name: task_logs; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.task_logs (
    id bigint DEFAULT nextval('private.task_log_ids'::regclass) NOT NULL,
    task_id uuid NOT NULL,
    project_id uuid NOT NULL,
    attempt integer NOT NULL,
    level text NOT NULL,
    message text NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT task_logs_level CHECK ((level = ANY (ARRAY['debug'::text, 'info'::text, 'warning'::text, 'error'::text]))),
    CONSTRAINT task_logs_message_length CHECK ((char_length(message) <= 16384))
)
PARTITION BY RANGE (at);

ALTER TABLE ONLY public.task_logs FORCE ROW LEVEL SECURITY;


ALTER TABLE public.task_logs OWNER TO devos_owner;

--
-- Name: TABLE task_logs; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.task_logs IS 'What the handlers of a task wrote, in monthly partitions that are dropped when they are old.';


--
-- Name: list_logs(uuid, integer, bigint, text[], timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_logs(p_project_id uuid, p_limit integer DEFAULT 100, p_before bigint DEFAULT NULL::bigint, p_levels text[] DEFAULT NULL::text[], p_since timestamp with time zone DEFAULT NULL::timestamp with time zone, p_until timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS SETOF public.task_logs
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select l.* from public.task_logs l
     where l.project_id = p_project_id
       and l.id < coalesce(p_before, 9223372036854775807)
       and (p_levels is null or l.level = any (p_levels))
       and l.at >= coalesce(p_since, '-infinity') and l.at < coalesce(p_until, 'infinity')
     order by l.id desc limit least(p_limit, 1001)
$$;


ALTER FUNCTION public.list_logs(p_project_id uuid, p_limit integer, p_before bigint, p_levels text[], p_since timestamp with time zone, p_until timestamp with time zone) OWNER TO devos_api;

--
-- Name: FUNCTION list_logs(p_project_id uuid, p_limit integer, p_before bigint, p_levels text[], p_since timestamp with time zone, p_until timestamp with time zone); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_logs(p_project_id uuid, p_limit integer, p_before bigint, p_levels text[], p_since timestamp with time zone, p_until timestamp with time zone) IS 'Log lines of all tasks of a project, newest first.';


--
-- Name: list_people(integer, uuid, uuid, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_people(p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid, p_team_id uuid DEFAULT NULL::uuid, p_project_id uuid DEFAULT NULL::uuid) RETURNS TABLE(id uuid, email text, role public.app_role, is_active boolean, created_at timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_members uuid[];
begin
    if p_team_id is not null then
        perform private.require_team(p_team_id);
        v_members := array(select m.user_id from public.team_members m where m.team_id = p_team_id);
    elsif p_project_id is not null then
        perform private.require_project(array[p_project_id]);
        v_members := array(select m.user_id from public.project_members m where m.project_id = p_project_id);
    end if;
    return query select p.* from private.find_people(v_members, p_limit, p_after) p;
end;
$$;


ALTER FUNCTION public.list_people(p_limit integer, p_after uuid, p_team_id uuid, p_project_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_people(p_limit integer, p_after uuid, p_team_id uuid, p_project_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_people(p_limit integer, p_after uuid, p_team_id uuid, p_project_id uuid) IS 'The people the caller sees, by id: all, or the members of a team or of a project. PT404 team_not_found, project_not_found.';


--
-- Name: list_project_tokens(uuid, integer, uuid, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_project_tokens(p_project_id uuid, p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid, p_token_id uuid DEFAULT NULL::uuid) RETURNS TABLE(id uuid, project_id uuid, name text, created_by uuid, created_at timestamp with time zone, expires_at timestamp with time zone, revoked_at timestamp with time zone, used_at timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    return query
        select t.id, t.project_id, t.name, t.created_by, t.created_at, t.expires_at, t.revoked_at, u.used_at
          from public.project_tokens t
          left join private.token_uses u on u.token_id = t.id
         where t.project_id = p_project_id
           and (p_token_id is null or t.id = p_token_id) and (p_after is null or t.id > p_after)
         order by t.id limit least(p_limit, 1001);
end;
$$;


ALTER FUNCTION public.list_project_tokens(p_project_id uuid, p_limit integer, p_after uuid, p_token_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_project_tokens(p_project_id uuid, p_limit integer, p_after uuid, p_token_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_project_tokens(p_project_id uuid, p_limit integer, p_after uuid, p_token_id uuid) IS 'The tokens of a project, ended ones too, and when each was used last. PT403 role_required, PT404 project_not_found.';


--
-- Name: list_projects(integer, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_projects(p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid) RETURNS SETOF public.projects
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select p.* from public.projects p
     where p_after is null or p.id > p_after
     order by p.id limit least(p_limit, 1001)
$$;


ALTER FUNCTION public.list_projects(p_limit integer, p_after uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_projects(p_limit integer, p_after uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_projects(p_limit integer, p_after uuid) IS 'The projects the caller sees, by id.';


--
-- Name: list_registration_tokens(integer, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_registration_tokens(p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid) RETURNS SETOF public.registration_tokens
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    return query
        select t.* from public.registration_tokens t
         where p_after is null or t.id > p_after
         order by t.id limit least(p_limit, 1001);
end;
$$;


ALTER FUNCTION public.list_registration_tokens(p_limit integer, p_after uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_registration_tokens(p_limit integer, p_after uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_registration_tokens(p_limit integer, p_after uuid) IS 'The registration tokens of the caller''s projects, ended ones too, by id. PT403 role_required.';


--
-- Name: list_repositories(uuid, integer, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_repositories(p_project_id uuid DEFAULT NULL::uuid, p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid) RETURNS SETOF public.repositories
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select r.* from public.repositories r
     where (p_project_id is null or r.project_id = p_project_id) and (p_after is null or r.id > p_after)
     order by r.id limit least(p_limit, 1001)
$$;


ALTER FUNCTION public.list_repositories(p_project_id uuid, p_limit integer, p_after uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_repositories(p_project_id uuid, p_limit integer, p_after uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_repositories(p_project_id uuid, p_limit integer, p_after uuid) IS 'Repositories of the caller''s projects.';


--
-- Name: list_schedule_runs(uuid, integer, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_schedule_runs(p_schedule_id uuid, p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid) RETURNS TABLE(id uuid, project_id uuid, schedule_id uuid, scheduled_for timestamp with time zone, missed_until timestamp with time zone, outcome text, reason text, is_manual boolean, task_id uuid, task_state public.task_state, created_at timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_schedule public.schedules := public.read_schedule(p_schedule_id);
begin
    return query
        select r.id, r.project_id, r.schedule_id, r.scheduled_for, r.missed_until, r.outcome, r.reason, r.is_manual, r.task_id,
               t.state, r.created_at
          from public.schedule_runs r left join public.tasks t on t.id = r.task_id
         where r.project_id = v_schedule.project_id and r.schedule_id = p_schedule_id and (p_after is null or r.id < p_after)
         order by r.id desc limit least(p_limit, 1001);
end;
$$;


ALTER FUNCTION public.list_schedule_runs(p_schedule_id uuid, p_limit integer, p_after uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_schedule_runs(p_schedule_id uuid, p_limit integer, p_after uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_schedule_runs(p_schedule_id uuid, p_limit integer, p_after uuid) IS 'What became of the instants of a schedule, newest first, with the tasks that they made. PT404 schedule_not_found.';


--
-- Name: list_schedules(uuid, integer, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_schedules(p_project_id uuid DEFAULT NULL::uuid, p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid) RETURNS SETOF public.schedules
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select s.* from public.schedules s
     where (p_project_id is null or s.project_id = p_project_id) and (p_after is null or s.id > p_after)
     order by s.id limit least(p_limit, 1001)
$$;


ALTER FUNCTION public.list_schedules(p_project_id uuid, p_limit integer, p_after uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_schedules(p_project_id uuid, p_limit integer, p_after uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_schedules(p_project_id uuid, p_limit integer, p_after uuid) IS 'The schedules of the caller''s projects, or of one of them, by id.';


--
-- Name: secrets; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.secrets (
    id uuid NOT NULL,
    team_id uuid,
    project_id uuid,
    name text NOT NULL,
    kind text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT secrets_kind CHECK ((kind = ANY (ARRAY['git'::text, 'model'::text, 'ci'::text, 'registry'::text]))),
    CONSTRAINT secrets_name_format CHECK ((name ~ '^[a-z][a-z0-9_.-]{0,99}$'::text)),
    CONSTRAINT secrets_owner CHECK ((num_nonnulls(team_id, project_id) = 1))
);

ALTER TABLE ONLY public.secrets FORCE ROW LEVEL SECURITY;


ALTER TABLE public.secrets OWNER TO devos_owner;

--
-- Name: TABLE secrets; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.secrets IS 'Credentials of a team or a project by name; their values are written and never shown.';


--
-- Name: list_secrets(uuid, uuid, integer, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_secrets(p_project_id uuid, p_team_id uuid, p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid) RETURNS SETOF public.secrets
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_secret_owner(p_project_id, p_team_id);
    return query
        select s.* from public.secrets s
         where (s.project_id = p_project_id or s.team_id = p_team_id) and (p_after is null or s.id > p_after)
         order by s.id limit least(p_limit, 1001);
end;
$$;


ALTER FUNCTION public.list_secrets(p_project_id uuid, p_team_id uuid, p_limit integer, p_after uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_secrets(p_project_id uuid, p_team_id uuid, p_limit integer, p_after uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_secrets(p_project_id uuid, p_team_id uuid, p_limit integer, p_after uuid) IS 'The secrets of a project or of a team, without their values. PT403 role_required, PT404 project_not_found, team_not_found.';


--
-- Name: list_services(uuid, integer, uuid, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_services(p_project_id uuid DEFAULT NULL::uuid, p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid, p_service_id uuid DEFAULT NULL::uuid) RETURNS TABLE(id uuid, project_id uuid, name text, state public.service_state, "limit" numeric, spent numeric, reserved numeric, overrun numeric, remaining numeric, substitute_id uuid, created_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- An agent learns which services there are, and not what is in the purse.
    select s.id, s.project_id, s.name, s.state,
           case when v.full then s."limit" end, case when v.full then s.spent end, case when v.full then s.reserved end,
           case when v.full then s.overrun end,
           case when v.full then greatest(s."limit" - s.spent - s.reserved, 0) end,
           s.substitute_id, s.created_at
      from public.service_registry s, (select private.my_user_id() is not null as full) v
     where (p_project_id is null or s.project_id = p_project_id)
       and (p_service_id is null or s.id = p_service_id)
       and (p_after is null or s.id > p_after)
     order by s.id limit least(p_limit, 1001)
$$;


ALTER FUNCTION public.list_services(p_project_id uuid, p_limit integer, p_after uuid, p_service_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_services(p_project_id uuid, p_limit integer, p_after uuid, p_service_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_services(p_project_id uuid, p_limit integer, p_after uuid, p_service_id uuid) IS 'Services of the caller''s projects; for an agent without their budgets.';


--
-- Name: task_steps; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.task_steps (
    id bigint NOT NULL,
    task_id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL,
    attempt integer NOT NULL,
    output jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT task_steps_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT task_steps_output_size CHECK ((octet_length((output)::text) <= 262144))
);

ALTER TABLE ONLY public.task_steps FORCE ROW LEVEL SECURITY;


ALTER TABLE public.task_steps OWNER TO devos_owner;

--
-- Name: TABLE task_steps; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.task_steps IS 'What the steps of a task answered, so that the next attempt does not do them again.';


--
-- Name: list_steps(uuid, integer, bigint); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_steps(p_task_id uuid, p_limit integer DEFAULT 50, p_after bigint DEFAULT 0) RETURNS SETOF public.task_steps
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform public.read_task(p_task_id);
    return query
        select s.* from public.task_steps s
         where s.task_id = p_task_id and s.id > p_after order by s.id limit least(p_limit, 1001);
end;
$$;


ALTER FUNCTION public.list_steps(p_task_id uuid, p_limit integer, p_after bigint) OWNER TO devos_api;

--
-- Name: FUNCTION list_steps(p_task_id uuid, p_limit integer, p_after bigint); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_steps(p_task_id uuid, p_limit integer, p_after bigint) IS 'The steps that a task remembers, in the order they were done. PT404 task_not_found.';


--
-- Name: task_artifacts; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.task_artifacts (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    task_id uuid NOT NULL,
    attempt integer NOT NULL,
    agent_id uuid NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 text NOT NULL,
    blob_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT task_artifacts_media_type_format CHECK ((media_type ~ '^[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}(;[ -~]{1,100})?$'::text)),
    CONSTRAINT task_artifacts_name_format CHECK ((((char_length(name) >= 1) AND (char_length(name) <= 255)) AND (name !~ '[[:cntrl:]]'::text) AND (name !~ '(^|/)[.]{0,2}(/|$)'::text))),
    CONSTRAINT task_artifacts_sha256_format CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT task_artifacts_size_not_negative CHECK ((size_bytes >= 0))
);

ALTER TABLE ONLY public.task_artifacts FORCE ROW LEVEL SECURITY;


ALTER TABLE public.task_artifacts OWNER TO devos_owner;

--
-- Name: TABLE task_artifacts; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.task_artifacts IS 'Files that a task left behind. A row is there when all its bytes are.';


--
-- Name: list_task_artifacts(uuid, integer, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_task_artifacts(p_task_id uuid, p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid) RETURNS SETOF public.task_artifacts
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform public.read_task(p_task_id);
    return query
        select a.* from public.task_artifacts a
         where a.task_id = p_task_id and (p_after is null or a.id > p_after)
         order by a.id limit least(p_limit, 1001);
end;
$$;


ALTER FUNCTION public.list_task_artifacts(p_task_id uuid, p_limit integer, p_after uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_task_artifacts(p_task_id uuid, p_limit integer, p_after uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_task_artifacts(p_task_id uuid, p_limit integer, p_after uuid) IS 'The artifacts of a task, oldest first. PT404 task_not_found.';


--
-- Name: list_task_charges(uuid, integer, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_task_charges(p_task_id uuid, p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid) RETURNS TABLE(id uuid, task_id uuid, attempt integer, service_id uuid, asked_service_id uuid, agent_id uuid, key text, amount numeric, source text, note text, at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform public.read_task(p_task_id);
    return query
        select c.id, c.task_id, c.attempt, c.service_id, c.asked_service_id, c.agent_id, c.key, c.amount, c.source, c.note, c.at
          from public.service_charges c
         where c.task_id = p_task_id and (p_after is null or c.id > p_after)
         order by c.id limit least(p_limit, 1001);
end;
$$;


ALTER FUNCTION public.list_task_charges(p_task_id uuid, p_limit integer, p_after uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_task_charges(p_task_id uuid, p_limit integer, p_after uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_task_charges(p_task_id uuid, p_limit integer, p_after uuid) IS 'What a task has cost, charge by charge. PT404 task_not_found.';


--
-- Name: list_task_logs(uuid, integer, bigint, bigint, text[], integer, text, boolean); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_task_logs(p_task_id uuid, p_limit integer DEFAULT 100, p_after bigint DEFAULT 0, p_before bigint DEFAULT NULL::bigint, p_levels text[] DEFAULT NULL::text[], p_attempt integer DEFAULT NULL::integer, p_search text DEFAULT NULL::text, p_newest_first boolean DEFAULT false) RETURNS SETOF public.task_logs
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_limit constant integer := least(p_limit, 1001);
    v_before constant bigint := coalesce(p_before, 9223372036854775807);
    v_mark public.task_logs;
    v_found integer;
begin
    perform public.read_task(p_task_id);
    -- Whatever is asked for may be among the lines that were not kept, so this one is no matter of filters.
    select c.mark_id, c.task_id, c.project_id, c.mark_attempt, 'warning',
           format('log limit reached: %s more %s not kept', c.dropped, case c.dropped when 1 then 'line was' else 'lines were' end),
           c.marked_at
      into v_mark
      from public.task_log_counts c
     where c.task_id = p_task_id and c.mark_id > p_after and c.mark_id < v_before;
    if p_newest_first then
        if v_mark.id is not null then
            return next v_mark;
        end if;
        return query
            select l.* from public.task_logs l
             where l.task_id = p_task_id and l.id > p_after and l.id < v_before
               and (p_levels is null or l.level = any (p_levels)) and (p_attempt is null or l.attempt = p_attempt)
               and (p_search is null or strpos(lower(l.message), lower(p_search)) > 0)
             order by l.id desc limit v_limit - (v_mark.id is not null)::integer;
        return;
    end if;
    return query
        select l.* from public.task_logs l
         where l.task_id = p_task_id and l.id > p_after and l.id < v_before
           and (p_levels is null or l.level = any (p_levels)) and (p_attempt is null or l.attempt = p_attempt)
           and (p_search is null or strpos(lower(l.message), lower(p_search)) > 0)
         order by l.id limit v_limit;
    get diagnostics v_found = row_count;
    if v_found < v_limit and v_mark.id is not null then
        return next v_mark;
    end if;
end;
$$;


ALTER FUNCTION public.list_task_logs(p_task_id uuid, p_limit integer, p_after bigint, p_before bigint, p_levels text[], p_attempt integer, p_search text, p_newest_first boolean) OWNER TO devos_api;

--
-- Name: FUNCTION list_task_logs(p_task_id uuid, p_limit integer, p_after bigint, p_before bigint, p_levels text[], p_attempt integer, p_search text, p_newest_first boolean); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_task_logs(p_task_id uuid, p_limit integer, p_after bigint, p_before bigint, p_levels text[], p_attempt integer, p_search text, p_newest_first boolean) IS 'Log lines of a task, in order, with those levels and that text in upper or lower case; at the end one that counts what was
not kept. PT404 task_not_found.';


--
-- Name: list_tasks(uuid, public.task_state[], text[], smallint, text[], uuid, uuid, timestamp with time zone, timestamp with time zone, text, boolean, integer, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_tasks(p_project_id uuid DEFAULT NULL::uuid, p_states public.task_state[] DEFAULT NULL::public.task_state[], p_kinds text[] DEFAULT NULL::text[], p_priority smallint DEFAULT NULL::smallint, p_tags text[] DEFAULT NULL::text[], p_agent_id uuid DEFAULT NULL::uuid, p_parent_task_id uuid DEFAULT NULL::uuid, p_created_after timestamp with time zone DEFAULT NULL::timestamp with time zone, p_created_before timestamp with time zone DEFAULT NULL::timestamp with time zone, p_search text DEFAULT NULL::text, p_oldest boolean DEFAULT false, p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid) RETURNS TABLE(id uuid, project_id uuid, kind text, title text, state public.task_state, priority smallint, tags text[], progress numeric, progress_note text, attempt integer, retry_count integer, max_retries integer, last_error jsonb, blocked_reason text, run_at timestamp with time zone, agent_id uuid, assigned_agent_id uuid, parent_task_id uuid, lease_expires_at timestamp with time zone, cancel_requested_at timestamp with time zone, version integer, created_at timestamp with time zone, updated_at timestamp with time zone, started_at timestamp with time zone, finished_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select t.id, t.project_id, t.kind, t.title, t.state, t.priority, t.tags,
           t.progress, t.progress_note, t.attempt, t.retry_count, t.max_retries, t.last_error,
           t.blocked_reason, t.run_at, t.agent_id, t.assigned_agent_id, t.parent_task_id,
           t.lease_expires_at, t.cancel_requested_at, t.version, t.created_at,
           t.updated_at, t.started_at, t.finished_at
      from private.search_tasks(
               array(select m from unnest(private.my_project_ids()) m where p_project_id is null or m = p_project_id),
               p_states, p_kinds, p_priority, p_tags,
               -- An agent sees what it holds, and nothing else.
               coalesce(private.my_agent_id(), p_agent_id),
               p_parent_task_id, p_created_after, p_created_before, p_search, p_oldest, p_after, least(p_limit, 1001)) as f (id)
      join public.tasks t on t.id = f.id
     order by case when p_oldest then t.id end, t.id desc
$$;


ALTER FUNCTION public.list_tasks(p_project_id uuid, p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid, p_parent_task_id uuid, p_created_after timestamp with time zone, p_created_before timestamp with time zone, p_search text, p_oldest boolean, p_limit integer, p_after uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_tasks(p_project_id uuid, p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid, p_parent_task_id uuid, p_created_after timestamp with time zone, p_created_before timestamp with time zone, p_search text, p_oldest boolean, p_limit integer, p_after uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_tasks(p_project_id uuid, p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid, p_parent_task_id uuid, p_created_after timestamp with time zone, p_created_before timestamp with time zone, p_search text, p_oldest boolean, p_limit integer, p_after uuid) IS 'Tasks the caller sees, newest first unless the oldest are wanted; without input, output, checkpoint and description, which may be
large. Tags and words are found a moment after the task was made.';


--
-- Name: list_teams(integer, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.list_teams(p_limit integer DEFAULT 50, p_after uuid DEFAULT NULL::uuid) RETURNS SETOF public.teams
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select t.* from public.teams t
     where p_after is null or t.id > p_after
     order by t.id limit least(p_limit, 1001)
$$;


ALTER FUNCTION public.list_teams(p_limit integer, p_after uuid) OWNER TO devos_api;

--
-- Name: FUNCTION list_teams(p_limit integer, p_after uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.list_teams(p_limit integer, p_after uuid) IS 'The teams the caller sees, by id.';


--
-- Name: pause_schedule(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.pause_schedule(p_schedule_id uuid) RETURNS public.schedules
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_schedule public.schedules;
begin
    perform private.require_role('supervisor');
    perform public.read_schedule(p_schedule_id);
    update public.schedules s
       set is_paused = true, next_run_at = null, version = s.version + 1, updated_at = statement_timestamp()
     where s.id = p_schedule_id and not s.is_paused
    returning * into v_schedule;
    if found then
        perform private.emit('schedule.paused', v_schedule.project_id, v_schedule.id, jsonb_build_object('name', v_schedule.name));
    end if;
    return public.read_schedule(p_schedule_id);
end;
$$;


ALTER FUNCTION public.pause_schedule(p_schedule_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION pause_schedule(p_schedule_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.pause_schedule(p_schedule_id uuid) IS 'Let a schedule run no more until it is resumed; twice is once. PT403 role_required, PT404 schedule_not_found.';


--
-- Name: post_feedback(uuid, bigint, text, text, integer, text, jsonb); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.post_feedback(p_task_id uuid, p_lease_token bigint, p_key text, p_repository text, p_number integer, p_kind text, p_content jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
    v_repository uuid := (select r.id from public.repositories r
                           where r.project_id = v_task.project_id and r.full_name = p_repository);
    v_feedback public.pull_request_feedback;
begin
    if v_repository is null then
        perform private.fail(404, 'repository_not_found', 'The project of this task has no such repository.',
            'Use the repository named in the input of the task.');
    end if;
    -- The lease is locked, so of two posts with one key the second sees the first.
    select * into v_feedback from public.pull_request_feedback f where f.task_id = v_task.id and f.key = p_key;
    if found then
        if (v_feedback.repository_id, v_feedback.number, v_feedback.kind) is distinct from (v_repository, p_number, p_kind) then
            perform private.fail(409, 'idempotency_key_reused', 'This key was used for other feedback of this task.', 'Send a new key.');
        end if;
        return private.feedback_answer(v_feedback);
    end if;
    insert into public.pull_request_feedback (id, project_id, repository_id, task_id, key, number, kind, content)
    values (private.new_id(), v_task.project_id, v_repository, v_task.id, p_key, p_number, p_kind, p_content)
    returning * into v_feedback;
    perform private.enqueue('feedback.queued', array[jsonb_build_object('id', v_feedback.id)]);
    perform private.emit('feedback.queued', v_task.project_id, v_feedback.id, jsonb_build_object(
        'task_id', v_task.id, 'kind', p_kind, 'repository', p_repository, 'number', p_number));
    return private.feedback_answer(v_feedback);
end;
$$;


ALTER FUNCTION public.post_feedback(p_task_id uuid, p_lease_token bigint, p_key text, p_repository text, p_number integer, p_kind text, p_content jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION post_feedback(p_task_id uuid, p_lease_token bigint, p_key text, p_repository text, p_number integer, p_kind text, p_content jsonb); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.post_feedback(p_task_id uuid, p_lease_token bigint, p_key text, p_repository text, p_number integer, p_kind text, p_content jsonb) IS 'Ask for a comment or a status on a pull request; the worker posts it. One per (task, key), over all attempts.
PT403 agent_required, PT404 task_not_found | repository_not_found, PT409 lease_lost | idempotency_key_reused.';


--
-- Name: read_account(); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_account() RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_user uuid := private.my_user_id();
begin
    if v_user is null then
        perform private.fail(401, 'not_signed_in', 'This needs a signed-in person.', 'Sign in and send the token.');
    end if;
    return private.describe_user(v_user);
end;
$$;


ALTER FUNCTION public.read_account() OWNER TO devos_api;

--
-- Name: FUNCTION read_account(); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_account() IS 'The caller, in the shape that Supabase clients know. PT401 not_signed_in.';


--
-- Name: read_agent(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_agent(p_agent_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_agent jsonb := (select to_jsonb(a) from public.list_agents(p_agent_id => p_agent_id) a);
begin
    if v_agent is null then
        raise exception using errcode = 'PT404', message = 'There is no such agent.', detail = 'agent_not_found';
    end if;
    return v_agent;
end;
$$;


ALTER FUNCTION public.read_agent(p_agent_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION read_agent(p_agent_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_agent(p_agent_id uuid) IS 'One agent. PT404 agent_not_found.';


--
-- Name: read_artifact(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_artifact(p_artifact_id uuid) RETURNS public.task_artifacts
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_artifact public.task_artifacts;
begin
    select * into v_artifact from public.task_artifacts a where a.id = p_artifact_id;
    if not found then
        raise exception using errcode = 'PT404', message = 'There is no such artifact.', detail = 'artifact_not_found';
    end if;
    return v_artifact;
end;
$$;


ALTER FUNCTION public.read_artifact(p_artifact_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION read_artifact(p_artifact_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_artifact(p_artifact_id uuid) IS 'One artifact. PT404 artifact_not_found.';


--
-- Name: read_clock(); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_clock() RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select statement_timestamp()
$$;


ALTER FUNCTION public.read_clock() OWNER TO devos_api;

--
-- Name: FUNCTION read_clock(); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_clock() IS 'What time it is: the database''s clock is the only one.';


--
-- Name: read_kind(uuid, text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_kind(p_project_id uuid, p_name text) RETURNS public.kinds
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_kind public.kinds;
begin
    perform private.require_project(array[p_project_id]);
    select * into v_kind from private.kinds_of(p_project_id, p_name) k where k.name = p_name;
    if not found then
        perform private.fail(404, 'kind_not_found', 'The project has no such kind, and none of this name is built in.', 'List them.');
    end if;
    return v_kind;
end;
$$;


ALTER FUNCTION public.read_kind(p_project_id uuid, p_name text) OWNER TO devos_api;

--
-- Name: FUNCTION read_kind(p_project_id uuid, p_name text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_kind(p_project_id uuid, p_name text) IS 'One kind of a project: its own, else the built-in one. PT404 project_not_found, kind_not_found.';


--
-- Name: read_limit(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_limit(p_limit_id uuid) RETURNS public.limits
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_limit public.limits;
begin
    select * into v_limit from public.limits m where m.id = p_limit_id;
    if not found then
        raise exception using errcode = 'PT404', message = 'There is no such limit.', detail = 'limit_not_found';
    end if;
    return v_limit;
end;
$$;


ALTER FUNCTION public.read_limit(p_limit_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION read_limit(p_limit_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_limit(p_limit_id uuid) IS 'One limit. PT404 limit_not_found.';


--
-- Name: read_lineage(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_lineage(p_task_id uuid) RETURNS TABLE(id uuid, relation text, depth integer, via_id uuid, kind text, title text, state public.task_state, open_dependencies integer)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
declare
    v_project uuid := (public.read_task(p_task_id)).project_id;
begin
    return query
        with recursive line as (
            select p_task_id as id, r.relation, 0 as depth, null::uuid as via_id
              from (values ('self'), ('ancestor'), ('descendant'), ('predecessor'), ('successor')) as r (relation)
            union
            select n.id, l.relation, l.depth + 1, l.id
              from line l
             cross join lateral (
                select t.parent_task_id as id from public.tasks t where l.relation = 'ancestor' and t.id = l.id
                 union all
                select t.id from public.tasks t
                 where l.relation = 'descendant' and t.project_id = v_project and t.parent_task_id = l.id
                 union all
                select d.depends_on_id from public.task_dependencies d where l.relation = 'predecessor' and d.task_id = l.id
                 union all
                select d.task_id from public.task_dependencies d where l.relation = 'successor' and d.depends_on_id = l.id
                -- As in waits_for_itself.
                offset 0) n
             where l.depth < 100 and n.id is not null
        ), nearest as (
            -- A graph has many ways to the same task: the shortest counts, and looking for it has an end.
            select distinct on (f.relation, f.id) f.relation, f.id, f.depth, f.via_id
              from (select * from line limit 20000) f
             where f.depth > 0 or f.relation = 'self'
             order by f.relation, f.id, f.depth, f.via_id
        )
        select n.id, n.relation, n.depth, n.via_id, t.kind::text, t.title::text, t.state, t.open_dependencies
          from nearest n join public.tasks t on t.id = n.id
         order by n.depth, n.relation, n.id limit 1001;
end;
$$;


ALTER FUNCTION public.read_lineage(p_task_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION read_lineage(p_task_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_lineage(p_task_id uuid) IS 'A task with its ancestors and descendants, and what it waits for and what waits for it, each once, with the next task on the way
back (via_id): nearest first, 100 steps and 1,000 tasks at the most; one more says that there are more. PT404 task_not_found.';


--
-- Name: read_person(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_person(p_user_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_person jsonb := (select to_jsonb(p) from private.find_people(array[p_user_id], 1) p);
begin
    if v_person is null then
        perform private.fail(404, 'user_not_found', 'There is no such person.', 'List those you see with GET /api/users.');
    end if;
    return v_person;
end;
$$;


ALTER FUNCTION public.read_person(p_user_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION read_person(p_user_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_person(p_user_id uuid) IS 'One person that the caller sees. PT404 user_not_found.';


--
-- Name: read_project(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_project(p_project_id uuid) RETURNS public.projects
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_project(array[p_project_id]);
    return (select p from public.projects p where p.id = p_project_id);
end;
$$;


ALTER FUNCTION public.read_project(p_project_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION read_project(p_project_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_project(p_project_id uuid) IS 'One project. PT404 project_not_found.';


--
-- Name: read_queue(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_queue(p_project_id uuid DEFAULT NULL::uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_projects uuid[] := private.my_project_ids();
    v_queue jsonb;
begin
    if p_project_id is not null then
        perform private.require_project(array[p_project_id]);
        v_projects := array[p_project_id];
    end if;
    with found as materialized (
        select * from private.count_queue(v_projects)
    ), per_kind as (
        select f.kind, jsonb_object_agg(f.place, f.tasks) as places, min(f.oldest) as oldest
          from (select g.kind, g.place, sum(g.tasks) as tasks, min(g.oldest) as oldest from found g group by 1, 2) f
         group by f.kind
    ), ended as materialized (
        select * from private.count_attempts(v_projects)
    )
    select '{"due": 0, "delayed": 0, "waiting": 0, "running": 0, "expired": 0, "needs_qa": 0, "blocked": 0, "failed": 0,
             "outbox": null, "stuck": null, "tables": null}'::jsonb
           || jsonb_build_object(
               'at', statement_timestamp(),
               'exact', coalesce((select bool_and(f.exact) from found f), true) and coalesce((select bool_and(e.exact) from ended e), true),
               'oldest_due_seconds', (select extract(epoch from statement_timestamp() - min(f.oldest)) from found f),
               'blocked_by', (select coalesce(jsonb_object_agg(b.reason, b.tasks), '{}')
                                from (select f.reason, sum(f.tasks) as tasks from found f where f.place = 'blocked' group by 1) b),
               'kinds', (select coalesce(jsonb_agg(k.places || jsonb_build_object('kind', k.kind,
                                    'oldest_due_seconds', extract(epoch from statement_timestamp() - k.oldest)) order by k.kind), '[]')
                           from per_kind k),
               'last_minute', (select coalesce(jsonb_object_agg(e.outcome, e.attempts), '{}') from ended e where e.span = 'minute'),
               'last_hour', (select coalesce(jsonb_object_agg(e.outcome, e.attempts), '{}') from ended e where e.span = 'hour'),
               'agents', (select coalesce(jsonb_object_agg(a.state, a.agents), '{}')
                            from (select l.state, count(*) as agents
                                    from public.list_agents(p_project_id => p_project_id, p_limit => 1000) l group by 1) a))
           || (select coalesce(jsonb_object_agg(f.place, f.tasks), '{}')
                 from (select g.place, sum(g.tasks) as tasks from found g group by 1) f)
      into v_queue;
    if public.get_my_role() = 'admin' then
        v_queue := v_queue || private.examine_queue();
    end if;
    return v_queue;
end;
$$;


ALTER FUNCTION public.read_queue(p_project_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION read_queue(p_project_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_queue(p_project_id uuid) IS 'How the queue stands: what is due, delayed, waiting, running, expired, blocked or failed, in all and by kind; what was done; which
agents there are; for admins the outbox and the hot tables. PT404 project_not_found.';


--
-- Name: read_schedule(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_schedule(p_schedule_id uuid) RETURNS public.schedules
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_schedule public.schedules;
begin
    select * into v_schedule from public.schedules s where s.id = p_schedule_id;
    if not found then
        raise exception using errcode = 'PT404', message = 'There is no such schedule.', detail = 'schedule_not_found';
    end if;
    return v_schedule;
end;
$$;


ALTER FUNCTION public.read_schedule(p_schedule_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION read_schedule(p_schedule_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_schedule(p_schedule_id uuid) IS 'One schedule. PT404 schedule_not_found.';


--
-- Name: read_service(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_service(p_service_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_service jsonb := (select to_jsonb(s) from public.list_services(p_service_id => p_service_id) s);
begin
    if p_service_id is null or v_service is null then
        raise exception using errcode = 'PT404', message = 'There is no such service.', detail = 'service_not_found',
            hint = 'List yours with GET /api/services.';
    end if;
    return v_service;
end;
$$;


ALTER FUNCTION public.read_service(p_service_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION read_service(p_service_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_service(p_service_id uuid) IS 'One service; for an agent without its budget. PT404 service_not_found.';


--
-- Name: read_task(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_task(p_task_id uuid) RETURNS public.tasks
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_task public.tasks;
begin
    select * into v_task from public.tasks t where t.id = p_task_id;
    if not found then
        raise exception using errcode = 'PT404', message = 'There is no such task.', detail = 'task_not_found';
    end if;
    return v_task;
end;
$$;


ALTER FUNCTION public.read_task(p_task_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION read_task(p_task_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_task(p_task_id uuid) IS 'One task. PT404 task_not_found.';


--
-- Name: read_task_schedule(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_task_schedule(p_task_id uuid) RETURNS public.schedule_runs
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_task public.tasks := public.read_task(p_task_id);
    v_run public.schedule_runs;
begin
    select * into v_run from public.schedule_runs r where r.project_id = v_task.project_id and r.task_id = p_task_id;
    if not found then
        raise exception using errcode = 'PT404', message = 'No schedule made this task.', detail = 'task_not_scheduled';
    end if;
    return v_run;
end;
$$;


ALTER FUNCTION public.read_task_schedule(p_task_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION read_task_schedule(p_task_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_task_schedule(p_task_id uuid) IS 'Which schedule made a task, and the instant that it stands for. PT404 task_not_found, task_not_scheduled.';


--
-- Name: read_team(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.read_team(p_team_id uuid) RETURNS public.teams
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_team(p_team_id);
    return (select t from public.teams t where t.id = p_team_id);
end;
$$;


ALTER FUNCTION public.read_team(p_team_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION read_team(p_team_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.read_team(p_team_id uuid) IS 'One team. PT404 team_not_found.';


--
-- Name: reap_expired_leases(); Type: FUNCTION; Schema: public; Owner: devos_jobs
--

CREATE FUNCTION public.reap_expired_leases() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_error constant jsonb := '{"code": "lease_expired", "message": "The agent fell silent and its lease ran out."}';
    v_timeout constant jsonb := '{"code": "timeout", "message": "The agent did not end the attempt within the time limit of the task."}';
    v_ids uuid[];
    v_projects uuid[];
    v_data jsonb[];
begin
    with gone as (
        select t.id, t.agent_id, t.lease_token, t.lease_expires_at from public.tasks t
         where t.state = 'running' and t.lease_expires_at <= statement_timestamp()
         order by t.lease_expires_at limit 1000 for update skip locked
    ), reaped as (
        update public.tasks t
           set (state, retry_count, finished_at) = (
                   select n.state, t.retry_count + (n.state = 'pending')::integer,
                          case when n.state <> 'pending' then statement_timestamp() end
                     from (select (case when t.cancel_requested_at is not null then 'cancelled'
                                        when t.retry_count < t.max_retries then 'pending'
                                        else 'failed' end)::public.task_state as state) n),
               last_error = case when t.started_at + t.timeout_seconds * interval '1 second' <= statement_timestamp()
                   then v_timeout else v_error end,
               -- run_at stays: the task keeps its place in line, however many wait behind it.
               updated_at = statement_timestamp(),
               lease_token = null, lease_expires_at = null, agent_id = null, lease_seconds = null
          from gone g
         where t.id = g.id and t.state = 'running' and t.lease_token = g.lease_token
           and t.lease_expires_at <= statement_timestamp()
        returning t.id, t.project_id, t.attempt, t.state, t.started_at, t.last_error, g.agent_id, g.lease_token, g.lease_expires_at
    ), ended as (
        insert into public.task_attempts (task_id, attempt, project_id, agent_id, lease_token, outcome, error, started_at)
        select r.id, r.attempt, r.project_id, r.agent_id, r.lease_token, 'lease_expired', r.last_error, r.started_at from reaped r
    )
    select array_agg(r.id), array_agg(r.project_id),
           array_agg(jsonb_build_object('attempt', r.attempt, 'state', r.state, 'lease_expires_at', r.lease_expires_at))
      into v_ids, v_projects, v_data
      from reaped r;
    if v_ids is null then
        return 0;
    end if;
    perform private.emit_each(array_fill('task.lease_expired'::text, array[cardinality(v_ids)]), v_projects, v_ids, v_data);
    perform private.settle_dependents(v_ids);
    perform private.enqueue('tasks.ready',
        (select array_agg(distinct jsonb_build_object('kind', t.kind)) from public.tasks t where t.id = any (v_ids)));
    perform private.wake_limited(array(select distinct t.project_id from public.tasks t where t.id = any (v_ids) and t.is_limited));
    return cardinality(v_ids);
end;
$$;


ALTER FUNCTION public.reap_expired_leases() OWNER TO devos_jobs;

--
-- Name: FUNCTION reap_expired_leases(); Type: COMMENT; Schema: public; Owner: devos_jobs
--

COMMENT ON FUNCTION public.reap_expired_leases() IS 'Take tasks back from agents that fell silent: to pending while retries are left, else failed. Returns how many.';


--
-- Name: receive_webhook(text, text, text, text, bytea); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.receive_webhook(p_forge text, p_delivery_id text, p_event text, p_repository_external_id text, p_body bytea) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id uuid := private.new_id();
    v_repository public.repositories := private.find_repository(p_forge, p_repository_external_id);
    v_state text := case when v_repository.id is null then 'unmapped' when p_event = 'pull_request' then 'received' else 'ignored' end;
begin
    -- The forge signs the body alone: a replay under a new delivery id is known by its body.
    insert into public.webhook_deliveries (
        id, project_id, repository_id, forge, delivery_id, event, body_sha256, body, state)
    values (v_id, v_repository.project_id, v_repository.id, p_forge, p_delivery_id, p_event, sha256(p_body), p_body, v_state)
    on conflict do nothing;
    if not found then
        return jsonb_build_object('outcome', 'duplicate', 'delivery_id', p_delivery_id);
    end if;
    if v_state = 'received' then
        perform private.enqueue('webhook.received', array[jsonb_build_object('id', v_id)]);
    end if;
    perform private.emit('webhook.received', v_repository.project_id, v_id, jsonb_build_object(
        'forge', p_forge, 'event', p_event, 'delivery_id', p_delivery_id, 'state', v_state));
    return jsonb_build_object('delivery_id', p_delivery_id, 'outcome',
        case v_state when 'received' then 'accepted' when 'unmapped' then 'unknown_repository' else 'ignored' end);
end;
$$;


ALTER FUNCTION public.receive_webhook(p_forge text, p_delivery_id text, p_event text, p_repository_external_id text, p_body bytea) OWNER TO devos_api;

--
-- Name: FUNCTION receive_webhook(p_forge text, p_delivery_id text, p_event text, p_repository_external_id text, p_body bytea); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.receive_webhook(p_forge text, p_delivery_id text, p_event text, p_repository_external_id text, p_body bytea) IS 'Store a delivery whose signature was checked, for the worker. Answers {outcome: accepted | duplicate | unknown_repository | ignored, delivery_id}.';


--
-- Name: register_agent(text, uuid[], text[], text, bytea, jsonb); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.register_agent(p_name text, p_project_ids uuid[], p_capabilities text[], p_key_id text, p_key_hash bytea, p_labels jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_projects uuid[] := array(select distinct p from unnest(p_project_ids) p order by p);
begin
    perform private.require_role('supervisor');
    if cardinality(v_projects) = 0 then
        perform private.fail(422, 'project_required', 'An agent belongs to at least one project.', 'Name it in project_ids.');
    end if;
    perform private.require_project(v_projects);
    return private.add_agent(
        p_name, v_projects, private.normal_capabilities(p_capabilities), p_labels, p_key_id, p_key_hash, null);
end;
$$;


ALTER FUNCTION public.register_agent(p_name text, p_project_ids uuid[], p_capabilities text[], p_key_id text, p_key_hash bytea, p_labels jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION register_agent(p_name text, p_project_ids uuid[], p_capabilities text[], p_key_id text, p_key_hash bytea, p_labels jsonb); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.register_agent(p_name text, p_project_ids uuid[], p_capabilities text[], p_key_id text, p_key_hash bytea, p_labels jsonb) IS 'Register an agent and store the SHA-256 of its key. PT403 role_required, PT404 project_not_found, PT422 project_required,
invalid_labels.';


--
-- Name: register_with_token(text, text[], jsonb, text, bytea); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.register_with_token(p_name text, p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_asked text[] := private.normal_capabilities(p_capabilities);
    v_projects uuid[] := private.my_registration_projects();
    v_token public.registration_tokens;
begin
    -- Whoever waited for the row reads it again: neither a last use nor a revocation is overtaken.
    update public.registration_tokens t set uses = t.uses + 1
     where t.id = (select private.my_registration_token()) and t.uses < t.max_uses and t.revoked_at is null
    returning t.* into v_token;
    if not found then
        perform private.refuse_registration();
    end if;
    if cardinality(v_projects) = 0 then
        perform private.fail(403, 'no_project_granted', 'The projects of this registration token are no longer its creator''s.',
            'Ask a supervisor for a new one.');
    end if;
    return private.add_agent(p_name, v_projects,
        case when v_asked = '{}' then v_token.capabilities
             else array(select c from unnest(v_asked) c where c = any (v_token.capabilities)) end,
        p_labels, p_key_id, p_key_hash, v_token.id);
end;
$$;


ALTER FUNCTION public.register_with_token(p_name text, p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea) OWNER TO devos_api;

--
-- Name: FUNCTION register_with_token(p_name text, p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.register_with_token(p_name text, p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea) IS 'Register the calling agent by its registration token: in the projects it gives, with the capabilities asked for that it allows,
all of them when none is asked for. PT401 not_signed_in, PT403 no_project_granted, PT409 registration_token_used_up.';


--
-- Name: release_tasks(jsonb); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.release_tasks(p_items jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return private.finish_as('release', p_items);
end;
$$;


ALTER FUNCTION public.release_tasks(p_items jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION release_tasks(p_items jsonb); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.release_tasks(p_items jsonb) IS 'Give leased tasks back without burning a retry: items {task_id, lease_token}. PT403 agent_required, PT422 invalid_items.';


--
-- Name: remove_agent_from_project(uuid, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.remove_agent_from_project(p_project_id uuid, p_agent_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    perform private.require_agent_seen(p_agent_id);
    perform private.lock_lanes();
    if private.agent_project_ids(p_agent_id) = array[p_project_id] then
        perform private.fail(409, 'agent_needs_project', 'This is the only project of the agent.',
            'Deactivate it, or add it to another project first.');
    end if;
    delete from public.agent_projects ap where ap.agent_id = p_agent_id and ap.project_id = p_project_id;
    if not found then
        return;
    end if;
    perform private.rematch_lanes(p_agent_id);
    perform private.end_leases(p_agent_id, p_project_id);
    perform private.emit('agent.left', p_project_id, p_agent_id);
    perform private.audit('agent.leave', p_project_id, p_agent_id);
end;
$$;


ALTER FUNCTION public.remove_agent_from_project(p_project_id uuid, p_agent_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION remove_agent_from_project(p_project_id uuid, p_agent_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.remove_agent_from_project(p_project_id uuid, p_agent_id uuid) IS 'An agent works for this project no longer; its leases there end now. PT403 role_required, PT404 project_not_found,
agent_not_found, PT409 agent_needs_project.';


--
-- Name: remove_project_member(uuid, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.remove_project_member(p_project_id uuid, p_user_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    -- An invitation sent twice would bring the member back.
    update public.invitations i set revoked_at = statement_timestamp()
      from private.find_people(array[p_user_id], 1) p
     where i.email = private.normal_email(p.email) and i.project_id = p_project_id and i.accepted_at is null and i.revoked_at is null;
    delete from public.project_members m where m.project_id = p_project_id and m.user_id = p_user_id;
    if not found then
        perform private.fail(404, 'user_not_found', 'The project has no such member.');
    end if;
    perform private.emit('project.member_removed', p_project_id, p_project_id, jsonb_build_object('user_id', p_user_id));
    perform private.audit('project.remove_member', p_project_id, p_project_id, jsonb_build_object('user_id', p_user_id));
end;
$$;


ALTER FUNCTION public.remove_project_member(p_project_id uuid, p_user_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION remove_project_member(p_project_id uuid, p_user_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.remove_project_member(p_project_id uuid, p_user_id uuid) IS 'Take a person out of a project. PT403 role_required, PT404 project_not_found, user_not_found.';


--
-- Name: remove_task_dependency(uuid, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.remove_task_dependency(p_task_id uuid, p_depends_on_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_task public.tasks;
    v_settled timestamptz;
begin
    perform private.require_role('supervisor');
    perform public.read_task(p_task_id);
    -- In the order of every end: the predecessor first.
    perform from public.tasks t where t.id = p_depends_on_id for share;
    select * into v_task from public.tasks t where t.id = p_task_id for no key update;
    -- One that failed may be requeued without what was cancelled.
    if v_task.state not in ('pending', 'blocked', 'failed') then
        perform private.refuse_edit(p_task_id);
    end if;
    delete from public.task_dependencies d where d.task_id = p_task_id and d.depends_on_id = p_depends_on_id
    returning d.settled_at into v_settled;
    if not found then
        perform private.fail(404, 'dependency_not_found', 'The task does not wait for that one.');
    end if;
    if v_settled is null then
        perform private.count_down(array[p_task_id], array[1]);
    end if;
    perform private.emit('task.dependency_removed', v_task.project_id, p_task_id,
        jsonb_build_object('depends_on', p_depends_on_id));
end;
$$;


ALTER FUNCTION public.remove_task_dependency(p_task_id uuid, p_depends_on_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION remove_task_dependency(p_task_id uuid, p_depends_on_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.remove_task_dependency(p_task_id uuid, p_depends_on_id uuid) IS 'A task that waits, or has failed, waits for that one no longer. PT403 role_required, PT404 task_not_found, dependency_not_found, PT409 task_not_editable.';


--
-- Name: remove_team_member(uuid, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.remove_team_member(p_team_id uuid, p_user_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    perform private.require_team(p_team_id);
    -- An invitation sent twice would bring the member back.
    update public.invitations i set revoked_at = statement_timestamp()
      from private.find_people(array[p_user_id], 1) p
     where i.email = private.normal_email(p.email) and i.team_id = p_team_id and i.accepted_at is null and i.revoked_at is null;
    delete from public.team_members m where m.team_id = p_team_id and m.user_id = p_user_id;
    if not found then
        perform private.fail(404, 'user_not_found', 'The team has no such member.');
    end if;
    perform private.emit('team.member_removed', null, p_team_id, jsonb_build_object('user_id', p_user_id));
    perform private.audit('team.remove_member', null, p_team_id, jsonb_build_object('user_id', p_user_id));
end;
$$;


ALTER FUNCTION public.remove_team_member(p_team_id uuid, p_user_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION remove_team_member(p_team_id uuid, p_user_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.remove_team_member(p_team_id uuid, p_user_id uuid) IS 'Take a person out of a team. PT403 role_required, PT404 team_not_found, user_not_found.';


--
-- Name: requeue_task(uuid, boolean); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.requeue_task(p_task_id uuid, p_cascade boolean DEFAULT false) RETURNS public.tasks
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    perform public.read_task(p_task_id);
    perform private.requeue(
        array[p_task_id], case when p_cascade then private.failed_dependents(array[p_task_id]) else '{}' end);
    return public.read_task(p_task_id);
end;
$$;


ALTER FUNCTION public.requeue_task(p_task_id uuid, p_cascade boolean) OWNER TO devos_api;

--
-- Name: FUNCTION requeue_task(p_task_id uuid, p_cascade boolean); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.requeue_task(p_task_id uuid, p_cascade boolean) IS 'Put a failed or blocked task back to pending with all its retries; its history is kept. With p_cascade
what failed or was blocked because it failed goes back, too. PT403 role_required,
PT404 task_not_found, PT409 illegal_transition, predecessor_cancelled.';


--
-- Name: requeue_tasks(uuid[], jsonb); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.requeue_tasks(p_task_ids uuid[] DEFAULT NULL::uuid[], p_filter jsonb DEFAULT NULL::jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_found uuid[];
    v_ids uuid[];
begin
    perform private.require_role('supervisor');
    if (p_task_ids is null) = (p_filter is null) or cardinality(p_task_ids) not between 1 and 1000 then
        perform private.fail(422, 'invalid_tasks', 'Name 1 to 1000 tasks, or say which failed ones.');
    end if;
    if p_filter is not null then
        perform private.require_project(array[(p_filter ->> 'project_id')::uuid]);
        v_found := array(
            select s.id
              from jsonb_to_record(p_filter) as f (
                       project_id uuid, kind text, error_code text, failed_after timestamptz, failed_before timestamptz),
                   private.search_dead_letters(
                       array[f.project_id], f.kind, f.error_code, f.failed_after, f.failed_before, null, 1001) as s (id));
    end if;
    perform public.read_task(i.id) from unnest(p_task_ids) as i (id)
      where not exists (select from public.tasks t where t.id = i.id);
    v_ids := private.requeue(coalesce(p_task_ids, '{}'), coalesce(v_found[1:1000], '{}'));
    return jsonb_build_object(
        'requeued', cardinality(v_ids), 'task_ids', v_ids, 'more', coalesce(cardinality(v_found) > 1000 and v_ids <> '{}', false));
end;
$$;


ALTER FUNCTION public.requeue_tasks(p_task_ids uuid[], p_filter jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION requeue_tasks(p_task_ids uuid[], p_filter jsonb); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.requeue_tasks(p_task_ids uuid[], p_filter jsonb) IS 'Put failed or blocked tasks back to pending, all or none of those named; or the failed ones of a project by filter {project_id,
kind, error_code, failed_after, failed_before}, newest first, 1000 at a time. PT403 role_required, PT404 task_not_found,
project_not_found, PT409 illegal_transition, predecessor_cancelled, PT422 invalid_tasks.';


--
-- Name: require_creation(uuid[]); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.require_creation(p_project_ids uuid[]) RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(p_project_ids);
end;
$$;


ALTER FUNCTION public.require_creation(p_project_ids uuid[]) OWNER TO devos_api;

--
-- Name: FUNCTION require_creation(p_project_ids uuid[]); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.require_creation(p_project_ids uuid[]) IS 'Who asks may create tasks in these projects. PT403 role_required, PT404 project_not_found.';


--
-- Name: resume_schedule(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.resume_schedule(p_schedule_id uuid) RETURNS public.schedules
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_schedule public.schedules;
begin
    perform private.require_role('supervisor');
    perform public.read_schedule(p_schedule_id);
    -- From now on: what would have come in the pause was not missed.
    update public.schedules s
       set is_paused = false, failures = 0, planned_from = statement_timestamp(), next_run_at = null,
           version = s.version + 1, updated_at = statement_timestamp()
     where s.id = p_schedule_id and s.is_paused
    returning * into v_schedule;
    if found then
        perform private.emit('schedule.resumed', v_schedule.project_id, v_schedule.id, jsonb_build_object('name', v_schedule.name));
    end if;
    return public.read_schedule(p_schedule_id);
end;
$$;


ALTER FUNCTION public.resume_schedule(p_schedule_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION resume_schedule(p_schedule_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.resume_schedule(p_schedule_id uuid) IS 'Let a paused schedule run again, from its next instant on; twice is once. PT403 role_required, PT404 schedule_not_found.';


--
-- Name: revoke_agent_key(uuid, text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.revoke_agent_key(p_agent_id uuid, p_key_id text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_whole_agent(p_agent_id);
    update private.agent_keys k set revoked_at = statement_timestamp()
     where k.id = p_key_id and k.agent_id = p_agent_id and k.revoked_at is null;
    if found then
        perform private.note_agent('agent.revoke_key', 'agent.key_revoked', p_agent_id, jsonb_build_object('key_id', p_key_id));
    elsif not exists (select from private.agent_keys k where k.id = p_key_id and k.agent_id = p_agent_id) then
        perform private.fail(404, 'agent_key_not_found', 'The agent has no such key.', 'List them with GET /api/agents/{id}/keys.');
    end if;
end;
$$;


ALTER FUNCTION public.revoke_agent_key(p_agent_id uuid, p_key_id text) OWNER TO devos_api;

--
-- Name: FUNCTION revoke_agent_key(p_agent_id uuid, p_key_id text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.revoke_agent_key(p_agent_id uuid, p_key_id text) IS 'End a key of an agent now; twice is once. PT403 role_required, agent_shared, PT404 agent_not_found, agent_key_not_found.';


--
-- Name: revoke_api_token(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.revoke_api_token(p_token_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update public.api_tokens t set revoked_at = statement_timestamp()
     where t.id = p_token_id and t.revoked_at is null;
    if found then
        perform private.audit('api_token.revoke', null, p_token_id);
    elsif not exists (select from public.api_tokens t where t.id = p_token_id) then
        perform private.fail(404, 'token_not_found', 'There is no such token.', 'List yours with GET /api/tokens.');
    end if;
end;
$$;


ALTER FUNCTION public.revoke_api_token(p_token_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION revoke_api_token(p_token_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.revoke_api_token(p_token_id uuid) IS 'End a token of one''s own; an admin ends anyone''s. Twice is once. PT404 token_not_found.';


--
-- Name: revoke_invitation(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.revoke_invitation(p_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_invitation public.invitations;
begin
    perform private.require_role('supervisor');
    update public.invitations i set revoked_at = coalesce(i.revoked_at, statement_timestamp())
     where i.id = p_id and i.accepted_at is null
    returning * into v_invitation;
    if not found then
        if exists (select from public.invitations i where i.id = p_id) then
            perform private.fail(409, 'invitation_accepted', 'This invitation was accepted.', 'Take the role or the membership away instead.');
        end if;
        perform private.fail(404, 'invitation_not_found', 'There is no such invitation.', 'List yours with GET /api/invitations.');
    end if;
    perform private.emit('invitation.revoked', v_invitation.project_id, p_id);
    perform private.audit('invitation.revoke', v_invitation.project_id, p_id, jsonb_build_object('email', v_invitation.email));
    return true;
end;
$$;


ALTER FUNCTION public.revoke_invitation(p_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION revoke_invitation(p_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.revoke_invitation(p_id uuid) IS 'Take an invitation back. PT403 role_required, PT404 invitation_not_found, PT409 invitation_accepted.';


--
-- Name: revoke_project_token(uuid, uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.revoke_project_token(p_project_id uuid, p_token_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    update public.project_tokens t set revoked_at = statement_timestamp()
     where t.id = p_token_id and t.project_id = p_project_id and t.revoked_at is null;
    if found then
        perform private.emit('project_token.revoked', p_project_id, p_token_id);
        perform private.audit('project_token.revoke', p_project_id, p_token_id);
    elsif not exists (select from public.project_tokens t where t.id = p_token_id and t.project_id = p_project_id) then
        perform private.fail(404, 'token_not_found', 'The project has no such token.',
            'List its tokens with GET /api/projects/{id}/tokens.');
    end if;
end;
$$;


ALTER FUNCTION public.revoke_project_token(p_project_id uuid, p_token_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION revoke_project_token(p_project_id uuid, p_token_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.revoke_project_token(p_project_id uuid, p_token_id uuid) IS 'End a token of a project. Twice is once. PT403 role_required, PT404 project_not_found, token_not_found.';


--
-- Name: revoke_registration_token(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.revoke_registration_token(p_token_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_token public.registration_tokens;
begin
    perform private.require_role('supervisor');
    update public.registration_tokens t set revoked_at = statement_timestamp()
     where t.id = p_token_id and t.revoked_at is null
    returning * into v_token;
    if found then
        perform private.audit('registration_token.revoke', p, v_token.id) from unnest(v_token.project_ids) p;
    elsif not exists (select from public.registration_tokens t where t.id = p_token_id) then
        perform private.fail(404, 'registration_token_not_found', 'There is no such registration token.',
            'List yours with GET /api/registration-tokens.');
    end if;
end;
$$;


ALTER FUNCTION public.revoke_registration_token(p_token_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION revoke_registration_token(p_token_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.revoke_registration_token(p_token_id uuid) IS 'End a registration token; twice is once. Its agents live on. PT403 role_required, PT404 registration_token_not_found.';


--
-- Name: rotate_agent_key(uuid, integer, text, bytea); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.rotate_agent_key(p_agent_id uuid, p_overlap_seconds integer, p_key_id text, p_key_hash bytea) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_now constant timestamptz := statement_timestamp();
begin
    if private.my_agent_id() is null then
        perform private.require_whole_agent(p_agent_id);
    else
        perform private.require_agent_seen(p_agent_id);
    end if;
    -- Two rotations take turns, or each would leave the other's key alive.
    perform from public.agents a where a.id = p_agent_id for no key update;
    if exists (select from private.agent_keys k
                where k.id = private.claims() ->> 'key_id' and k.agent_id = p_agent_id and k.expires_at is not null) then
        perform private.fail(403, 'key_rotated_away', 'This key was rotated away; it makes no other.', 'Use the newer one.');
    end if;
    if not coalesce(p_overlap_seconds between 0 and 604800, false) then
        perform private.fail(422, 'invalid_overlap', 'The old key may go on for 0 to 604800 seconds.');
    end if;
    update private.agent_keys k
       set expires_at = least(k.expires_at, v_now + p_overlap_seconds * interval '1 second')
     where k.agent_id = p_agent_id and k.revoked_at is null;
    insert into private.agent_keys (id, agent_id, key_hash) values (p_key_id, p_agent_id, p_key_hash);
    perform private.note_agent('agent.rotate_key', 'agent.key_rotated', p_agent_id,
        jsonb_build_object('overlap_seconds', p_overlap_seconds, 'key_id', p_key_id));
    return public.read_agent(p_agent_id);
end;
$$;


ALTER FUNCTION public.rotate_agent_key(p_agent_id uuid, p_overlap_seconds integer, p_key_id text, p_key_hash bytea) OWNER TO devos_api;

--
-- Name: FUNCTION rotate_agent_key(p_agent_id uuid, p_overlap_seconds integer, p_key_id text, p_key_hash bytea); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.rotate_agent_key(p_agent_id uuid, p_overlap_seconds integer, p_key_id text, p_key_hash bytea) IS 'A new key for an agent, asked for by the agent itself or its supervisor; the old ones go on for the overlap. PT403 role_required,
agent_shared, key_rotated_away, PT404 agent_not_found, PT422 invalid_overlap.';


--
-- Name: run_schedule(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.run_schedule(p_schedule_id uuid) RETURNS public.schedule_runs
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_schedule public.schedules;
    v_items jsonb;
    v_made uuid[];
    v_run public.schedule_runs;
    v_counts boolean;
begin
    perform private.require_role('supervisor');
    v_schedule := public.read_schedule(p_schedule_id);
    v_items := private.schedule_items(v_schedule.project_id, v_schedule.task);
    v_counts := private.count_creations(array[v_schedule.project_id], v_items, false);
    v_made := private.insert_tasks(v_items);
    update public.schedules s set last_run_at = statement_timestamp(), last_outcome = 'created' where s.id = p_schedule_id;
    v_run := private.note_schedule_run(v_schedule, statement_timestamp(), 'created', v_made[1], p_is_manual => true);
    -- A person asked for it; what comes at its own time is not counted.
    perform private.count_creations(array[v_schedule.project_id], v_items, true) where v_counts;
    return v_run;
end;
$$;


ALTER FUNCTION public.run_schedule(p_schedule_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION run_schedule(p_schedule_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.run_schedule(p_schedule_id uuid) IS 'Create a task of a schedule now, paused or not, whatever still runs; its own times stay as they are. PT403 role_required,
PT404 schedule_not_found, task_not_found, PT422 agent_not_suitable, unknown_kind, PT429 creation_rate_exceeded.';


--
-- Name: save_checkpoint(uuid, bigint, jsonb); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.save_checkpoint(p_task_id uuid, p_lease_token bigint, p_checkpoint jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
begin
    update public.tasks t set checkpoint = p_checkpoint, updated_at = statement_timestamp() where t.id = v_task.id;
    perform private.emit('task.checkpointed', v_task.project_id, v_task.id, jsonb_build_object('attempt', v_task.attempt));
    return jsonb_build_object('cancel_requested', v_task.cancel_requested_at is not null);
end;
$$;


ALTER FUNCTION public.save_checkpoint(p_task_id uuid, p_lease_token bigint, p_checkpoint jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION save_checkpoint(p_task_id uuid, p_lease_token bigint, p_checkpoint jsonb); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.save_checkpoint(p_task_id uuid, p_lease_token bigint, p_checkpoint jsonb) IS 'What the next attempt should know, 64 kB at the most. PT404 task_not_found, PT409 lease_lost.';


--
-- Name: save_step(uuid, bigint, text, jsonb); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.save_step(p_task_id uuid, p_lease_token bigint, p_name text, p_output jsonb DEFAULT NULL::jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- Its lock puts the steps of one task in a row.
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
begin
    if (select count(*) from public.task_steps s where s.task_id = v_task.id and s.name is distinct from p_name) >= 1000 then
        perform private.fail(409, 'too_many_steps', 'A task remembers 1,000 steps at the most.', 'Let a step do more.');
    end if;
    insert into public.task_steps (task_id, project_id, name, attempt, output)
    values (v_task.id, v_task.project_id, p_name, v_task.attempt, coalesce(p_output, 'null'))
    on conflict (task_id, name) do nothing;
    if found then
        perform private.emit('task.step_done', v_task.project_id, v_task.id,
            jsonb_build_object('attempt', v_task.attempt, 'name', p_name));
    end if;
    return jsonb_build_object('cancel_requested', v_task.cancel_requested_at is not null);
end;
$$;


ALTER FUNCTION public.save_step(p_task_id uuid, p_lease_token bigint, p_name text, p_output jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION save_step(p_task_id uuid, p_lease_token bigint, p_name text, p_output jsonb); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.save_step(p_task_id uuid, p_lease_token bigint, p_name text, p_output jsonb) IS 'What a step answered, for the next attempt; the first answer stands. PT404 task_not_found, PT409 lease_lost, too_many_steps.';


--
-- Name: service_status(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.service_status(p_project_id uuid DEFAULT NULL::uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object(
        'active', count(*) filter (where s.state = 'ACTIVE'),
        'suspended', count(*) filter (where s.state = 'SUSPENDED'),
        'limit', coalesce(sum(s."limit"), 0)::text, 'spent', coalesce(sum(s.spent), 0)::text)
      from public.service_registry s
     where p_project_id is null or s.project_id = p_project_id
$$;


ALTER FUNCTION public.service_status(p_project_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION service_status(p_project_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.service_status(p_project_id uuid) IS 'How many services are active and suspended, and what they may spend and have spent.';


--
-- Name: set_activation(uuid, boolean); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.set_activation(p_user_id uuid, p_is_active boolean) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_person jsonb;
begin
    perform private.lock_admins();
    v_person := public.read_person(p_user_id);
    if (v_person ->> 'is_active')::boolean = p_is_active then
        return v_person;
    end if;
    if not p_is_active then
        perform private.require_other_admin(p_user_id);
        update public.invitations i set revoked_at = statement_timestamp()
         where i.email = private.normal_email(v_person ->> 'email') and i.accepted_at is null and i.revoked_at is null;
    end if;
    perform private.mark_active(p_user_id, p_is_active);
    perform private.emit(case when p_is_active then 'user.activated' else 'user.deactivated' end, null, p_user_id);
    perform private.audit('user.set_activation', null, p_user_id, jsonb_build_object('is_active', p_is_active));
    return v_person || jsonb_build_object('is_active', p_is_active);
end;
$$;


ALTER FUNCTION public.set_activation(p_user_id uuid, p_is_active boolean) OWNER TO devos_api;

--
-- Name: FUNCTION set_activation(p_user_id uuid, p_is_active boolean); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.set_activation(p_user_id uuid, p_is_active boolean) IS 'Let a person in, or out: sessions end, tokens stop and the next request is refused. PT403 role_required, PT404 user_not_found,
PT409 last_admin.';


--
-- Name: set_agent_activation(uuid, boolean); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.set_agent_activation(p_agent_id uuid, p_is_active boolean) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_whole_agent(p_agent_id);
    update public.agents a set is_active = p_is_active where a.id = p_agent_id and a.is_active <> p_is_active;
    if found then
        if not p_is_active then
            perform private.end_leases(p_agent_id, null);
        end if;
        perform private.note_agent(
            case when p_is_active then 'agent.activate' else 'agent.deactivate' end,
            case when p_is_active then 'agent.activated' else 'agent.deactivated' end, p_agent_id);
    end if;
    return public.read_agent(p_agent_id);
end;
$$;


ALTER FUNCTION public.set_agent_activation(p_agent_id uuid, p_is_active boolean) OWNER TO devos_api;

--
-- Name: FUNCTION set_agent_activation(p_agent_id uuid, p_is_active boolean); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.set_agent_activation(p_agent_id uuid, p_is_active boolean) IS 'Switch an agent on or off. Off: its keys are refused from the next request on, its leases pass now. PT403 role_required,
agent_shared, PT404 agent_not_found.';


--
-- Name: set_agent_broker(uuid, boolean); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.set_agent_broker(p_agent_id uuid, p_is_allowed boolean) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform private.require_role('admin');
    perform private.require_agent_seen(p_agent_id);
    update public.agents a set broker_allowed = p_is_allowed where a.id = p_agent_id and a.broker_allowed <> p_is_allowed;
    if found then
        perform private.note_agent('agent.set_broker', 'agent.broker_changed', p_agent_id,
            jsonb_build_object('is_allowed', p_is_allowed));
    end if;
    return public.read_agent(p_agent_id);
end;
$$;


ALTER FUNCTION public.set_agent_broker(p_agent_id uuid, p_is_allowed boolean) OWNER TO devos_api;

--
-- Name: FUNCTION set_agent_broker(p_agent_id uuid, p_is_allowed boolean); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.set_agent_broker(p_agent_id uuid, p_is_allowed boolean) IS 'Let an agent have credentials of the broker, or take them back. PT403 role_required, PT404 agent_not_found.';


--
-- Name: set_kind(uuid, text, jsonb, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.set_kind(p_project_id uuid, p_name text, p_kind jsonb, p_version integer DEFAULT NULL::integer) RETURNS public.kinds
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_known integer;
    v_kind public.kinds;
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    v_known := (select k.version from private.kinds_of(p_project_id, p_name) k where k.name = p_name);
    if v_known is distinct from coalesce(p_version, v_known) then
        perform private.refuse_version();
    end if;
    -- Who replaces a built-in kind has edited it: the versions go on from there.
    insert into public.kinds as k (id, project_id, name, title, description, input_schema, output_schema, defaults, version)
    select private.new_id(), p_project_id, p_name, coalesce(n.title, ''), coalesce(n.description, ''),
           n.input_schema, n.output_schema, coalesce(n.defaults, '{}'), coalesce(v_known, 0) + 1
      from jsonb_to_record(p_kind) as n (title text, description text, input_schema jsonb, output_schema jsonb, defaults jsonb)
    on conflict on constraint kinds_name_key
    do update set title = excluded.title, description = excluded.description, input_schema = excluded.input_schema,
                  output_schema = excluded.output_schema, defaults = excluded.defaults, version = k.version + 1,
                  changed_at = statement_timestamp()
            where k.version = coalesce(p_version, k.version)
    returning * into v_kind;
    if not found then
        perform private.refuse_version();
    end if;
    perform private.emit('kind.set', p_project_id, v_kind.id, jsonb_build_object('name', p_name, 'version', v_kind.version));
    return v_kind;
end;
$$;


ALTER FUNCTION public.set_kind(p_project_id uuid, p_name text, p_kind jsonb, p_version integer) OWNER TO devos_api;

--
-- Name: FUNCTION set_kind(p_project_id uuid, p_name text, p_kind jsonb, p_version integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.set_kind(p_project_id uuid, p_name text, p_kind jsonb, p_version integer) IS 'Say what a kind of work is in a project, the whole of it: {title, description, input_schema, output_schema, defaults}. A built-in
kind of the name is replaced. PT403 role_required, PT404 project_not_found, PT412 version_changed.';


--
-- Name: set_role(uuid, public.app_role); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.set_role(p_user_id uuid, p_role public.app_role) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_person jsonb;
begin
    perform private.lock_admins();
    v_person := public.read_person(p_user_id);
    if v_person ->> 'role' = p_role::text then
        return v_person;
    end if;
    if p_role <> 'admin' then
        perform private.require_other_admin(p_user_id);
    end if;
    if p_role > (v_person ->> 'role')::public.app_role or v_person ->> 'role' is null then
        perform private.require_session();
        -- An address that somebody typed in is not yet theirs.
        if p_role > 'viewer' and not private.has_confirmed_email(p_user_id) then
            perform private.fail(409, 'email_unconfirmed', 'Nobody has shown that this e-mail is theirs.',
                'Invite the address with that role: who takes the invitation up has it.');
        end if;
    end if;
    -- What an open invitation promises must not undo this.
    update public.invitations i set revoked_at = statement_timestamp()
     where i.email = private.normal_email(v_person ->> 'email') and i.role > p_role
       and i.accepted_at is null and i.revoked_at is null;
    insert into public.user_roles (user_id, role) values (p_user_id, p_role)
    on conflict (user_id) do update set role = excluded.role;
    perform private.emit('user.role_changed', null, p_user_id, jsonb_build_object('role', p_role));
    perform private.audit('user.set_role', null, p_user_id, jsonb_build_object('from', v_person -> 'role', 'to', p_role));
    return v_person || jsonb_build_object('role', p_role);
end;
$$;


ALTER FUNCTION public.set_role(p_user_id uuid, p_role public.app_role) OWNER TO devos_api;

--
-- Name: FUNCTION set_role(p_user_id uuid, p_role public.app_role); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.set_role(p_user_id uuid, p_role public.app_role) IS 'Give a person a role; it holds with their next request. PT403 role_required, session_required,
PT404 user_not_found, PT409 last_admin, email_unconfirmed.';


--
-- Name: set_secret(uuid, uuid, text, text, text, bytea); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.set_secret(p_project_id uuid, p_team_id uuid, p_name text, p_kind text, p_key_id text, p_sealed bytea) RETURNS public.secrets
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_secret public.secrets;
begin
    perform private.require_secret_owner(p_project_id, p_team_id);
    insert into public.secrets as s (id, project_id, team_id, name, kind, created_by)
    values (private.new_id(), p_project_id, p_team_id, p_name, p_kind, private.my_user_id())
    on conflict on constraint secrets_name_key
    do update set kind = excluded.kind, version = s.version + 1, changed_at = statement_timestamp()
    returning * into v_secret;
    perform private.keep_secret_value(v_secret.id, p_key_id, p_sealed);
    perform private.emit('secret.set', p_project_id, v_secret.id, jsonb_build_object(
        'name', p_name, 'kind', p_kind, 'version', v_secret.version, 'team_id', p_team_id));
    perform private.audit('secret.set', p_project_id, v_secret.id, jsonb_build_object(
        'name', p_name, 'kind', p_kind, 'version', v_secret.version, 'team_id', p_team_id));
    return v_secret;
end;
$$;


ALTER FUNCTION public.set_secret(p_project_id uuid, p_team_id uuid, p_name text, p_kind text, p_key_id text, p_sealed bytea) OWNER TO devos_api;

--
-- Name: FUNCTION set_secret(p_project_id uuid, p_team_id uuid, p_name text, p_kind text, p_key_id text, p_sealed bytea); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.set_secret(p_project_id uuid, p_team_id uuid, p_name text, p_kind text, p_key_id text, p_sealed bytea) IS 'Keep a credential of a project or a team, sealed by the API, under a name; the same name again replaces it.
PT403 role_required, PT404 project_not_found, team_not_found; 413 for a value that is too large.';


--
-- Name: store_artifact(uuid, bigint, uuid, text, text, bigint, text, bigint, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.store_artifact(p_task_id uuid, p_lease_token bigint, p_blob_id uuid, p_name text, p_media_type text, p_size_bytes bigint, p_sha256 text, p_quota_bytes bigint DEFAULT 1073741824, p_quota_files integer DEFAULT 1000) RETURNS public.task_artifacts
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- Held again: the bytes may have taken longer than the lease lived.
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
    v_artifact public.task_artifacts;
begin
    -- Much younger than what is swept, so its bytes are there.
    if not exists (select from private.artifact_blobs b
                    where b.id = p_blob_id and b.task_id = v_task.id and b.lease_token = v_task.lease_token
                      and b.created_at > statement_timestamp() - interval '1 hour') then
        perform private.fail(409, 'upload_too_slow', 'The upload took longer than an hour.', 'Send it again, or in parts.');
    end if;
    perform private.require_artifact_room(v_task.id, p_name, p_size_bytes, p_quota_bytes, p_quota_files);
    insert into public.task_artifacts as a
        (id, project_id, task_id, attempt, agent_id, name, media_type, size_bytes, sha256, blob_id)
    values (private.new_id(), v_task.project_id, v_task.id, v_task.attempt, v_task.agent_id, p_name, p_media_type, p_size_bytes,
            p_sha256, p_blob_id)
        on conflict (task_id, name) do update
       set attempt = excluded.attempt, agent_id = excluded.agent_id, media_type = excluded.media_type,
           size_bytes = excluded.size_bytes, sha256 = excluded.sha256, blob_id = excluded.blob_id, created_at = excluded.created_at
    returning a.* into v_artifact;
    perform private.emit('task.artifact_stored', v_task.project_id, v_task.id, jsonb_build_object(
        'artifact_id', v_artifact.id, 'name', p_name, 'size_bytes', p_size_bytes, 'attempt', v_task.attempt));
    return v_artifact;
end;
$$;


ALTER FUNCTION public.store_artifact(p_task_id uuid, p_lease_token bigint, p_blob_id uuid, p_name text, p_media_type text, p_size_bytes bigint, p_sha256 text, p_quota_bytes bigint, p_quota_files integer) OWNER TO devos_api;

--
-- Name: FUNCTION store_artifact(p_task_id uuid, p_lease_token bigint, p_blob_id uuid, p_name text, p_media_type text, p_size_bytes bigint, p_sha256 text, p_quota_bytes bigint, p_quota_files integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.store_artifact(p_task_id uuid, p_lease_token bigint, p_blob_id uuid, p_name text, p_media_type text, p_size_bytes bigint, p_sha256 text, p_quota_bytes bigint, p_quota_files integer) IS 'The bytes lie in the store: an artifact of the task, in place of the one with that name. PT404 task_not_found,
PT409 lease_lost, upload_too_slow, artifact_quota.';


--
-- Name: task_counts(uuid); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.task_counts(p_project_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_most constant integer := 1000;
begin
    perform private.require_project(array[p_project_id]);
    return coalesce(
        (select jsonb_agg(jsonb_build_object('kind', c.kind, 'state', c.state, 'count', c.count, 'more', c.count = v_most))
           from private.count_tasks(array[p_project_id], v_most) c), '[]');
end;
$$;


ALTER FUNCTION public.task_counts(p_project_id uuid) OWNER TO devos_api;

--
-- Name: FUNCTION task_counts(p_project_id uuid); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.task_counts(p_project_id uuid) IS 'How many tasks a project has by kind and state: [{kind, state, count, more}]; it counts to 1000 each. PT404 project_not_found.';


--
-- Name: update_agent(uuid, text, text[], jsonb, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.update_agent(p_agent_id uuid, p_name text, p_capabilities text[], p_labels jsonb, p_version integer DEFAULT NULL::integer) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_capabilities text[] := private.normal_capabilities(p_capabilities);
begin
    perform private.require_whole_agent(p_agent_id);
    perform private.require_labels(p_labels);
    perform private.lock_lanes();
    update public.agents a
       set name = p_name, capabilities = v_capabilities, labels = p_labels, version = a.version + 1
     where a.id = p_agent_id and a.version = coalesce(p_version, a.version);
    if not found then
        perform private.refuse_version();
    end if;
    perform private.rematch_lanes(p_agent_id);
    perform private.note_agent('agent.update', 'agent.updated', p_agent_id,
        jsonb_build_object('name', p_name, 'capabilities', v_capabilities, 'labels', p_labels));
    return public.read_agent(p_agent_id);
end;
$$;


ALTER FUNCTION public.update_agent(p_agent_id uuid, p_name text, p_capabilities text[], p_labels jsonb, p_version integer) OWNER TO devos_api;

--
-- Name: FUNCTION update_agent(p_agent_id uuid, p_name text, p_capabilities text[], p_labels jsonb, p_version integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.update_agent(p_agent_id uuid, p_name text, p_capabilities text[], p_labels jsonb, p_version integer) IS 'Change name, capabilities and labels; its lanes follow. PT403 role_required, agent_shared, PT404 agent_not_found,
PT412 version_changed, PT422 invalid_labels.';


--
-- Name: update_limit(uuid, jsonb, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.update_limit(p_limit_id uuid, p_changes jsonb, p_version integer DEFAULT NULL::integer) RETURNS public.limits
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_limit public.limits;
begin
    perform private.require_role('supervisor');
    perform public.read_limit(p_limit_id);
    perform private.lock_lanes();
    update public.limits m
       set (name, scope, kind, max_running, rate_count, rate_seconds) = (
               select n.name, n.scope, n.kind, n.max_running, n.rate_count, n.rate_seconds
                 from jsonb_populate_record(m, p_changes) n),
           version = m.version + 1, updated_at = statement_timestamp()
     where m.id = p_limit_id and m.version = coalesce(p_version, m.version)
    returning m.* into v_limit;
    if not found then
        perform private.refuse_version();
    end if;
    perform private.mark_lanes(v_limit.project_id);
    perform private.note_limit('update', 'updated', v_limit);
    return v_limit;
end;
$$;


ALTER FUNCTION public.update_limit(p_limit_id uuid, p_changes jsonb, p_version integer) OWNER TO devos_api;

--
-- Name: FUNCTION update_limit(p_limit_id uuid, p_changes jsonb, p_version integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.update_limit(p_limit_id uuid, p_changes jsonb, p_version integer) IS 'Change what p_changes holds of a limit: name, scope, kind, max_running, rate_count, rate_seconds. The next claim obeys; what runs
goes on. PT403 role_required, PT404 limit_not_found, PT412 version_changed.';


--
-- Name: update_project(uuid, text, text, uuid, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.update_project(p_project_id uuid, p_name text, p_description text, p_team_id uuid, p_version integer DEFAULT NULL::integer) RETURNS public.projects
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_before public.projects;
    v_project public.projects;
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    select * into v_before from public.projects p where p.id = p_project_id for no key update;
    -- Who names the team that the project is in changes nothing, and need not be its member.
    perform private.require_team(p_team_id) where p_team_id is distinct from v_before.team_id and p_team_id is not null;
    if v_before.team_id is distinct from p_team_id and v_before.team_id <> all (private.my_team_ids()) then
        perform private.fail(403, 'project_of_other_team', 'The project belongs to a team that is not yours.',
            'Ask one of its members, or an admin.');
    end if;
    update public.projects p
       set name = p_name, description = p_description, team_id = p_team_id, version = p.version + 1
     where p.id = p_project_id and p.version = coalesce(p_version, p.version)
    returning * into v_project;
    if not found then
        perform private.refuse_version();
    end if;
    perform private.emit('project.updated', p_project_id, p_project_id, jsonb_build_object(
        'name', p_name, 'team_id', p_team_id, 'version', v_project.version));
    perform private.audit('project.update', p_project_id, p_project_id, jsonb_build_object(
        'from', jsonb_build_object('name', v_before.name, 'team_id', v_before.team_id),
        'to', jsonb_build_object('name', p_name, 'team_id', p_team_id)));
    return v_project;
end;
$$;


ALTER FUNCTION public.update_project(p_project_id uuid, p_name text, p_description text, p_team_id uuid, p_version integer) OWNER TO devos_api;

--
-- Name: FUNCTION update_project(p_project_id uuid, p_name text, p_description text, p_team_id uuid, p_version integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.update_project(p_project_id uuid, p_name text, p_description text, p_team_id uuid, p_version integer) IS 'Change a project''s name, description and team; p_version is the one that was read, null for whichever it is.
PT403 role_required, project_of_other_team, PT404 project_not_found, team_not_found, PT412 version_changed.';


--
-- Name: update_schedule(uuid, jsonb, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.update_schedule(p_schedule_id uuid, p_changes jsonb, p_version integer DEFAULT NULL::integer) RETURNS public.schedules
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_schedule public.schedules;
begin
    perform private.require_role('supervisor');
    v_schedule := public.read_schedule(p_schedule_id);
    perform private.require_schedulable(v_schedule.project_id, p_changes -> 'task') where p_changes ? 'task';
    update public.schedules s
       set name = n.name, cron = n.cron, time_zone = n.time_zone, missed_runs = n.missed_runs, overlap = n.overlap, task = n.task,
           -- Other times are planned anew, from now on: what was meant before is no missed run.
           planned_from = case when c.again then statement_timestamp() else s.planned_from end,
           next_run_at = case when not c.again then s.next_run_at end,
           version = s.version + 1, updated_at = statement_timestamp()
      from public.schedules o
     cross join lateral jsonb_populate_record(o, p_changes) n
     cross join lateral (select (n.cron, n.time_zone) is distinct from (o.cron, o.time_zone) as again) c
     where s.id = p_schedule_id and o.id = s.id and s.version = coalesce(p_version, s.version)
    returning s.* into v_schedule;
    if not found then
        perform private.refuse_version();
    end if;
    perform private.emit('schedule.updated', v_schedule.project_id, v_schedule.id, jsonb_build_object(
        'name', v_schedule.name, 'fields', array(select jsonb_object_keys(p_changes) order by 1)));
    return v_schedule;
end;
$$;


ALTER FUNCTION public.update_schedule(p_schedule_id uuid, p_changes jsonb, p_version integer) OWNER TO devos_api;

--
-- Name: FUNCTION update_schedule(p_schedule_id uuid, p_changes jsonb, p_version integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.update_schedule(p_schedule_id uuid, p_changes jsonb, p_version integer) IS 'Change what p_changes holds of a schedule: name, cron, time_zone, missed_runs, overlap, task (the whole of it).
PT403 role_required, PT404 schedule_not_found, task_not_found, PT412 version_changed, PT422 agent_not_suitable, unknown_kind.';


--
-- Name: update_task(uuid, jsonb, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.update_task(p_task_id uuid, p_changes jsonb, p_version integer DEFAULT NULL::integer) RETURNS public.tasks
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_task public.tasks;
    v_wanted jsonb;
begin
    perform private.require_role('supervisor');
    v_task := public.read_task(p_task_id);
    v_wanted := jsonb_build_array(to_jsonb(v_task) || p_changes);
    if p_changes ?| '{required_capabilities,assigned_agent_id,concurrency_key}' then
        perform private.require_suitable(v_wanted);
        perform private.ensure_lanes(v_wanted);
    end if;
    if p_changes ? 'related_task_ids' then
        perform private.require_related(v_wanted);
    end if;
    update public.tasks t
       set (title, description, priority, queue_priority, required_capabilities, assigned_agent_id, concurrency_key, lane_id, input,
            max_retries, retry_base_seconds, retry_cap_seconds, timeout_seconds, run_at, tags, related_task_ids,
            resource_requirements, expected_artifacts, acceptance) = (
               select n.title, n.description, n.priority, n.priority, l.required_capabilities, n.assigned_agent_id,
                      n.concurrency_key, l.id, n.input,
                      n.max_retries, n.retry_base_seconds, n.retry_cap_seconds, n.timeout_seconds, n.run_at, n.tags,
                      n.related_task_ids, n.resource_requirements, n.expected_artifacts, n.acceptance
                 from jsonb_populate_record(t, p_changes) as n
                 join public.lanes l on l.project_id = t.project_id and l.kind = t.kind
                  and l.required_capabilities = private.normal_capabilities(n.required_capabilities)
                  and l.assigned_agent_id is not distinct from n.assigned_agent_id
                  and l.concurrency_key is not distinct from n.concurrency_key),
           version = t.version + 1, updated_at = statement_timestamp()
     where t.id = p_task_id and t.state in ('pending', 'blocked') and t.version = coalesce(p_version, t.version)
    returning t.* into v_task;
    if not found then
        perform private.refuse_edit(p_task_id);
    end if;
    perform private.emit('task.updated', v_task.project_id, v_task.id,
        jsonb_build_object('fields', array(select jsonb_object_keys(p_changes) order by 1)));
    perform private.enqueue('tasks.ready', array[jsonb_build_object('kind', v_task.kind)]);
    return v_task;
end;
$$;


ALTER FUNCTION public.update_task(p_task_id uuid, p_changes jsonb, p_version integer) OWNER TO devos_api;

--
-- Name: FUNCTION update_task(p_task_id uuid, p_changes jsonb, p_version integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.update_task(p_task_id uuid, p_changes jsonb, p_version integer) IS 'Edit a task that waits; what p_changes leaves out stays as it is: title, description, priority, required_capabilities,
assigned_agent_id, concurrency_key, input, max_retries, retry_base_seconds, retry_cap_seconds, timeout_seconds, run_at, tags,
related_task_ids, resource_requirements, expected_artifacts, acceptance. PT403 role_required, PT404 task_not_found, PT409 task_not_editable,
PT412 version_changed, PT422 agent_not_suitable.';


--
-- Name: update_task_status(uuid, text, bigint, jsonb, jsonb); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.update_task_status(p_task_id uuid, p_status text, p_lease_token bigint DEFAULT NULL::bigint, p_output jsonb DEFAULT NULL::jsonb, p_error jsonb DEFAULT NULL::jsonb) RETURNS public.tasks
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_agent uuid := private.my_agent_id();
    v_task public.tasks;
begin
    if v_agent is not null then
        perform private.report_status(v_agent, p_task_id, p_status, p_lease_token, p_output, p_error);
        -- A result told twice is no way to look at what another attempt does with the task.
        select t.* into v_task
          from public.tasks t join public.task_attempts a on a.task_id = t.id and a.attempt = t.attempt
         where t.id = p_task_id and a.lease_token = p_lease_token and t.lease_token is null;
        if not found then
            perform private.refuse_lease(v_agent, p_task_id);
        end if;
        return v_task;
    end if;
    perform private.require_role('supervisor');
    if p_status = 'cancelled' then
        return public.cancel_task(p_task_id);
    elsif p_status = 'pending' then
        return public.requeue_task(p_task_id);
    elsif p_status is null or p_status not in ('completed', 'failed') then
        perform private.fail(422, 'invalid_status', 'A task is set to completed, failed, cancelled or pending.');
    end if;
    -- The transition guard names what cannot end so.
    update public.tasks t
       set state = p_status::public.task_state, blocked_reason = null, finished_at = statement_timestamp(),
           output = case p_status when 'completed' then coalesce(p_output, t.output, '{}') else t.output end,
           last_error = case p_status when 'failed' then coalesce(p_error, t.last_error) else t.last_error end,
           updated_at = statement_timestamp()
     where t.id = p_task_id and t.state <> 'running' and t.state::text <> p_status
    returning t.* into v_task;
    if not found then
        v_task := public.read_task(p_task_id);
        if v_task.state = 'running' then
            perform private.fail(409, 'task_running', 'An agent holds the task, and says itself how it ends.', 'Cancel it instead.');
        end if;
        return v_task;
    end if;
    perform private.emit('task.' || p_status, v_task.project_id, v_task.id,
        jsonb_strip_nulls(jsonb_build_object('error', case p_status when 'failed' then v_task.last_error end)));
    perform private.settle_dependents(array[v_task.id]);
    perform private.audit('task.' || p_status, v_task.project_id, v_task.id);
    return v_task;
end;
$$;


ALTER FUNCTION public.update_task_status(p_task_id uuid, p_status text, p_lease_token bigint, p_output jsonb, p_error jsonb) OWNER TO devos_api;

--
-- Name: FUNCTION update_task_status(p_task_id uuid, p_status text, p_lease_token bigint, p_output jsonb, p_error jsonb); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.update_task_status(p_task_id uuid, p_status text, p_lease_token bigint, p_output jsonb, p_error jsonb) IS 'Set a task to completed or failed (one that waits for a decision), cancelled, or pending again; an agent names its lease.
PT403 role_required, PT404 task_not_found, PT409 task_running, lease_lost, illegal_transition, PT422 invalid_status,
lease_token_required.';


--
-- Name: update_team(uuid, text, integer); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.update_team(p_team_id uuid, p_name text, p_version integer DEFAULT NULL::integer) RETURNS public.teams
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_team public.teams;
begin
    perform private.require_role('supervisor');
    perform private.require_team(p_team_id);
    update public.teams t set name = p_name, version = t.version + 1
     where t.id = p_team_id and t.version = coalesce(p_version, t.version)
    returning * into v_team;
    if not found then
        perform private.refuse_version();
    end if;
    perform private.emit('team.updated', null, p_team_id, jsonb_build_object('name', p_name, 'version', v_team.version));
    perform private.audit('team.update', null, p_team_id, jsonb_build_object('name', p_name));
    return v_team;
end;
$$;


ALTER FUNCTION public.update_team(p_team_id uuid, p_name text, p_version integer) OWNER TO devos_api;

--
-- Name: FUNCTION update_team(p_team_id uuid, p_name text, p_version integer); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.update_team(p_team_id uuid, p_name text, p_version integer) IS 'Rename a team; p_version is the one that was read, null for whichever it is. PT403 role_required, PT404 team_not_found,
PT412 version_changed.';


--
-- Name: whoami(); Type: FUNCTION; Schema: public; Owner: devos_lookup
--

CREATE FUNCTION public.whoami() RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_claims jsonb := private.claims();
    v_agent uuid := private.my_agent_id();
    v_user uuid := private.my_user_id();
    v_me jsonb;
begin
    if v_agent is not null then
        select jsonb_build_object('kind', 'agent', 'id', a.id, 'name', a.name) into v_me
          from public.agents a where a.id = v_agent;
    elsif v_user is not null then
        v_me := jsonb_build_object('kind', 'person', 'id', v_user, 'name', private.my_email(), 'role', public.get_my_role(),
            'scopes', (select t.scopes from public.api_tokens t where t.id = (v_claims ->> 'token_id')::uuid));
    else
        select jsonb_build_object('kind', 'project', 'id', p.id, 'name', p.name, 'project_ids', jsonb_build_array(p.id))
          into v_me from public.projects p where p.id = (v_claims ->> 'project_id')::uuid;
    end if;
    if v_me is null then
        perform private.fail(401, 'not_signed_in', 'This needs a credential.', 'Sign in, or send a token.');
    end if;
    return jsonb_build_object('role', null, 'scopes', null, 'project_ids', private.my_project_ids()) || v_me;
end;
$$;


ALTER FUNCTION public.whoami() OWNER TO devos_lookup;

--
-- Name: FUNCTION whoami(); Type: COMMENT; Schema: public; Owner: devos_lookup
--

COMMENT ON FUNCTION public.whoami() IS 'Whom the credential of this request speaks for: {kind: person | agent | project, id, name, role, scopes, project_ids}.
PT401 not_signed_in.';


--
-- Name: write_progress(uuid, bigint, numeric, text); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.write_progress(p_task_id uuid, p_lease_token bigint, p_progress numeric, p_note text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
    -- A handler may report a thousand times a second; those who follow the events must not drown.
    v_tell constant boolean := coalesce(v_task.progress_told_at <= statement_timestamp() - interval '5 seconds', true);
begin
    update public.tasks t
       set progress = p_progress, progress_note = left(p_note, 1000), updated_at = statement_timestamp(),
           progress_told_at = case when v_tell then statement_timestamp() else t.progress_told_at end
     where t.id = v_task.id;
    if v_tell then
        perform private.emit('task.progress', v_task.project_id, v_task.id, jsonb_strip_nulls(jsonb_build_object(
            'attempt', v_task.attempt, 'progress', p_progress, 'note', left(p_note, 1000))));
    end if;
    return jsonb_build_object('cancel_requested', v_task.cancel_requested_at is not null);
end;
$$;


ALTER FUNCTION public.write_progress(p_task_id uuid, p_lease_token bigint, p_progress numeric, p_note text) OWNER TO devos_api;

--
-- Name: FUNCTION write_progress(p_task_id uuid, p_lease_token bigint, p_progress numeric, p_note text); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.write_progress(p_task_id uuid, p_lease_token bigint, p_progress numeric, p_note text) IS 'How far the attempt is, 0 to 1; an event tells it every five seconds at the most. Tells whether the task should stop.
PT404 task_not_found, PT409 lease_lost.';


--
-- Name: write_task_logs(uuid, bigint, jsonb, integer, bigint); Type: FUNCTION; Schema: public; Owner: devos_api
--

CREATE FUNCTION public.write_task_logs(p_task_id uuid, p_lease_token bigint, p_lines jsonb, p_limit_lines integer DEFAULT 10000, p_limit_bytes bigint DEFAULT 8388608) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    -- Its lock puts the batches of one task in a row, so counts and ids need no other.
    v_task public.tasks := private.hold_lease(p_task_id, p_lease_token);
    v_before public.task_log_counts;
    v_kept integer;
    v_bytes bigint;
    v_dropped bigint;
begin
    select * into v_before from public.task_log_counts c where c.task_id = v_task.id;
    with line as materialized (
        select l.level, l.message, l.nr, octet_length(l.message) as size,
               coalesce(v_before.dropped, 0) = 0
               and coalesce(v_before.lines, 0) + l.nr <= least(p_limit_lines, 1000000)
               and coalesce(v_before.bytes, 0) + sum(coalesce(octet_length(l.message), 0)) over (order by l.nr)
                   <= least(p_limit_bytes, 1073741824) as fits
          from rows from (jsonb_to_recordset(p_lines) as (level text, message text)) with ordinality as l (level, message, nr)
    ), kept as (
        insert into public.task_logs (task_id, project_id, attempt, level, message)
        select v_task.id, v_task.project_id, v_task.attempt, l.level, l.message from line l where l.fits order by l.nr
    )
    select count(*) filter (where l.fits), coalesce(sum(l.size) filter (where l.fits), 0), count(*) filter (where not l.fits)
      into v_kept, v_bytes, v_dropped
      from line l;
    insert into public.task_log_counts as c (task_id, project_id, lines, bytes, dropped, mark_id, mark_attempt, marked_at)
    select v_task.id, v_task.project_id, v_kept, v_bytes, v_dropped, m.id, m.attempt, m.at
      from (select) one
      left join (select nextval('private.task_log_ids') as id, v_task.attempt, statement_timestamp() as at
                  where v_dropped > 0) m on true
        on conflict (task_id) do update
       set lines = c.lines + excluded.lines, bytes = c.bytes + excluded.bytes, dropped = c.dropped + excluded.dropped,
           mark_id = coalesce(c.mark_id, excluded.mark_id), mark_attempt = coalesce(c.mark_attempt, excluded.mark_attempt),
           marked_at = coalesce(c.marked_at, excluded.marked_at);
    return jsonb_build_object('stored', v_kept, 'dropped', v_dropped, 'cancel_requested', v_task.cancel_requested_at is not null);
end;
$$;


ALTER FUNCTION public.write_task_logs(p_task_id uuid, p_lease_token bigint, p_lines jsonb, p_limit_lines integer, p_limit_bytes bigint) OWNER TO devos_api;

--
-- Name: FUNCTION write_task_logs(p_task_id uuid, p_lease_token bigint, p_lines jsonb, p_limit_lines integer, p_limit_bytes bigint); Type: COMMENT; Schema: public; Owner: devos_api
--

COMMENT ON FUNCTION public.write_task_logs(p_task_id uuid, p_lease_token bigint, p_lines jsonb, p_limit_lines integer, p_limit_bytes bigint) IS 'Append log lines {level, message} to a leased task while its log has room: {stored, dropped, cancel_requested}. After the
first line that does not fit none is kept, and the log ends in a line that counts them. PT404 task_not_found, PT409 lease_lost.';


--
-- Name: identities; Type: TABLE; Schema: auth; Owner: postgres
--

CREATE TABLE auth.identities (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    provider text NOT NULL,
    provider_id text NOT NULL,
    identity_data jsonb DEFAULT '{}'::jsonb NOT NULL,
    last_sign_in_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE auth.identities OWNER TO postgres;

--
-- Name: refresh_tokens; Type: TABLE; Schema: auth; Owner: postgres
--

CREATE TABLE auth.refresh_tokens (
    id bigint NOT NULL,
    session_id uuid NOT NULL,
    user_id uuid NOT NULL,
    token text NOT NULL,
    parent text,
    revoked boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE auth.refresh_tokens OWNER TO postgres;

--
-- Name: refresh_tokens_id_seq; Type: SEQUENCE; Schema: auth; Owner: postgres
--

ALTER TABLE auth.refresh_tokens ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME auth.refresh_tokens_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: sessions; Type: TABLE; Schema: auth; Owner: postgres
--

CREATE TABLE auth.sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    user_agent text,
    ip inet,
    not_after timestamp with time zone,
    refreshed_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE auth.sessions OWNER TO postgres;

--
-- Name: users; Type: TABLE; Schema: auth; Owner: postgres
--

CREATE TABLE auth.users (
    id uuid NOT NULL,
    aud text DEFAULT 'authenticated'::text NOT NULL,
    role text DEFAULT 'authenticated'::text NOT NULL,
    email text,
    encrypted_password text,
    email_confirmed_at timestamp with time zone,
    invited_at timestamp with time zone,
    last_sign_in_at timestamp with time zone,
    raw_app_meta_data jsonb DEFAULT '{}'::jsonb NOT NULL,
    raw_user_meta_data jsonb DEFAULT '{}'::jsonb NOT NULL,
    banned_until timestamp with time zone,
    deleted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE auth.users OWNER TO postgres;

--
-- Name: agent_keys; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.agent_keys (
    id text NOT NULL,
    agent_id uuid NOT NULL,
    key_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_at timestamp with time zone,
    expires_at timestamp with time zone,
    CONSTRAINT agent_keys_hash_is_sha256 CHECK ((octet_length(key_hash) = 32))
);

ALTER TABLE ONLY private.agent_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE private.agent_keys OWNER TO devos_owner;

--
-- Name: TABLE agent_keys; Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON TABLE private.agent_keys IS 'Keys of agents, as SHA-256 only.';


--
-- Name: COLUMN agent_keys.expires_at; Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON COLUMN private.agent_keys.expires_at IS 'When a key that was rotated away stops; null for the one in use.';


--
-- Name: artifact_blobs; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.artifact_blobs (
    id uuid NOT NULL,
    task_id uuid NOT NULL,
    lease_token bigint NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    size_bytes bigint DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY private.artifact_blobs FORCE ROW LEVEL SECURITY;


ALTER TABLE private.artifact_blobs OWNER TO devos_owner;

--
-- Name: TABLE artifact_blobs; Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON TABLE private.artifact_blobs IS 'Keys in the store that no artifact has: begun and not finished, replaced, or removed. One that is old is swept.';


--
-- Name: COLUMN artifact_blobs.size_bytes; Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON COLUMN private.artifact_blobs.size_bytes IS 'What lies there; 0 while it comes.';


--
-- Name: auth_flows; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.auth_flows (
    id uuid NOT NULL,
    provider text NOT NULL,
    state_hash bytea NOT NULL,
    redirect_to text NOT NULL,
    code_challenge text NOT NULL,
    user_id uuid,
    code_hash bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT auth_flows_hashes_are_sha256 CHECK (((octet_length(state_hash) = 32) AND (octet_length(code_hash) = 32)))
);

ALTER TABLE ONLY private.auth_flows FORCE ROW LEVEL SECURITY;


ALTER TABLE private.auth_flows OWNER TO devos_owner;

--
-- Name: broker_users; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.broker_users (
    agent_key_id text NOT NULL,
    agent_id uuid NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    lanes bigint[],
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT broker_users_sealed_size CHECK (((octet_length(sealed) >= 1) AND (octet_length(sealed) <= 1024)))
);

ALTER TABLE ONLY private.broker_users FORCE ROW LEVEL SECURITY;


ALTER TABLE private.broker_users OWNER TO devos_owner;

--
-- Name: TABLE broker_users; Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON TABLE private.broker_users IS 'The password, sealed, by which an agent key waits at the broker. lanes: what the broker lets it read; null: not made yet.';


--
-- Name: idempotency_keys; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.idempotency_keys (
    caller text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    body_digest bytea NOT NULL,
    answer json,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_keys_key_length CHECK (((char_length(key) >= 1) AND (char_length(key) <= 200)))
)
WITH (autovacuum_vacuum_scale_factor='0.05');

ALTER TABLE ONLY private.idempotency_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE private.idempotency_keys OWNER TO devos_owner;

--
-- Name: lease_tokens; Type: SEQUENCE; Schema: private; Owner: devos_owner
--

CREATE SEQUENCE private.lease_tokens
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER SEQUENCE private.lease_tokens OWNER TO devos_owner;

--
-- Name: limit_rooms; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.limit_rooms (
    limit_id uuid NOT NULL,
    concurrency_key text DEFAULT ''::text NOT NULL,
    starts timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='500');

ALTER TABLE ONLY private.limit_rooms FORCE ROW LEVEL SECURITY;


ALTER TABLE private.limit_rooms OWNER TO devos_owner;

--
-- Name: TABLE limit_rooms; Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON TABLE private.limit_rooms IS 'What a claim locks before it counts: one row for a limit, or for each key under it. With a rate, when the last tasks began.';


--
-- Name: logic_digest; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.logic_digest (
    only_row boolean DEFAULT true NOT NULL,
    sha256 text NOT NULL,
    rebuilt_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT logic_digest_only_row_check CHECK (only_row)
);

ALTER TABLE ONLY private.logic_digest FORCE ROW LEVEL SECURITY;


ALTER TABLE private.logic_digest OWNER TO devos_owner;

--
-- Name: TABLE logic_digest; Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON TABLE private.logic_digest IS 'Checksum of the logic files that the functions were built from.';


--
-- Name: migrations; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.migrations (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY private.migrations FORCE ROW LEVEL SECURITY;


ALTER TABLE private.migrations OWNER TO devos_owner;

--
-- Name: TABLE migrations; Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON TABLE private.migrations IS 'Migrations that have been applied, with the checksum of the file.';


--
-- Name: outbox; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.outbox (
    id bigint NOT NULL,
    topic text NOT NULL,
    payload jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text,
    run_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    gave_up_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_cost_delay='0', autovacuum_analyze_scale_factor='0', autovacuum_analyze_threshold='5000');

ALTER TABLE ONLY private.outbox FORCE ROW LEVEL SECURITY;


ALTER TABLE private.outbox OWNER TO devos_owner;

--
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: private; Owner: devos_owner
--

ALTER TABLE private.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME private.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: rate_limits; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.rate_limits (
    bucket bytea NOT NULL,
    full_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY private.rate_limits FORCE ROW LEVEL SECURITY;


ALTER TABLE private.rate_limits OWNER TO devos_owner;

--
-- Name: secret_values; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.secret_values (
    secret_id uuid NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT secret_values_size CHECK ((octet_length(sealed) <= 70000))
);

ALTER TABLE ONLY private.secret_values FORCE ROW LEVEL SECURITY;


ALTER TABLE private.secret_values OWNER TO devos_owner;

--
-- Name: TABLE secret_values; Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON TABLE private.secret_values IS 'Values of secrets, encrypted with a key that the database never sees.';


--
-- Name: task_logs_default; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.task_logs_default (
    id bigint DEFAULT nextval('private.task_log_ids'::regclass) CONSTRAINT task_logs_id_not_null NOT NULL,
    task_id uuid CONSTRAINT task_logs_task_id_not_null NOT NULL,
    project_id uuid CONSTRAINT task_logs_project_id_not_null NOT NULL,
    attempt integer CONSTRAINT task_logs_attempt_not_null NOT NULL,
    level text CONSTRAINT task_logs_level_not_null NOT NULL,
    message text CONSTRAINT task_logs_message_not_null NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() CONSTRAINT task_logs_at_not_null NOT NULL,
    CONSTRAINT task_logs_level CHECK ((level = ANY (ARRAY['debug'::text, 'info'::text, 'warning'::text, 'error'::text]))),
    CONSTRAINT task_logs_message_length CHECK ((char_length(message) <= 16384))
);

ALTER TABLE ONLY private.task_logs_default FORCE ROW LEVEL SECURITY;


ALTER TABLE private.task_logs_default OWNER TO devos_owner;

--
-- Name: TABLE task_logs_default; Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON TABLE private.task_logs_default IS 'Log lines for whose month there is no partition yet, so that none is ever refused.';


--
-- Name: task_search; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.task_search (
    task_id uuid NOT NULL,
    document tsvector NOT NULL
)
WITH (autovacuum_vacuum_insert_scale_factor='0.05');

ALTER TABLE ONLY private.task_search FORCE ROW LEVEL SECURITY;


ALTER TABLE private.task_search OWNER TO devos_owner;

--
-- Name: TABLE task_search; Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON TABLE private.task_search IS 'The words and tags of each task and its project, written by a job shortly after the task.';


--
-- Name: task_search_position; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.task_search_position (
    is_only boolean DEFAULT true NOT NULL,
    xid xid8 DEFAULT '0'::xid8 NOT NULL,
    id bigint DEFAULT 0 NOT NULL,
    CONSTRAINT task_search_position_is_only CHECK (is_only)
);

ALTER TABLE ONLY private.task_search_position FORCE ROW LEVEL SECURITY;


ALTER TABLE private.task_search_position OWNER TO devos_owner;

--
-- Name: TABLE task_search_position; Type: COMMENT; Schema: private; Owner: devos_owner
--

COMMENT ON TABLE private.task_search_position IS 'The last event that the search of tasks has taken in.';


--
-- Name: task_successors; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.task_successors (
    task_id uuid NOT NULL,
    key text NOT NULL,
    project_id uuid NOT NULL,
    successor_id uuid NOT NULL,
    agent_id uuid,
    attempt integer NOT NULL,
    CONSTRAINT task_successors_key_length CHECK (((char_length(key) >= 1) AND (char_length(key) <= 200)))
);

ALTER TABLE ONLY private.task_successors FORCE ROW LEVEL SECURITY;


ALTER TABLE private.task_successors OWNER TO devos_owner;

--
-- Name: token_hashes; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.token_hashes (
    id text NOT NULL,
    kind text NOT NULL,
    token_id uuid NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT token_hashes_hash_is_sha256 CHECK ((octet_length(hash) = 32)),
    CONSTRAINT token_hashes_kind CHECK ((kind = ANY (ARRAY['api'::text, 'project'::text, 'registration'::text, 'invitation'::text])))
);

ALTER TABLE ONLY private.token_hashes FORCE ROW LEVEL SECURITY;


ALTER TABLE private.token_hashes OWNER TO devos_owner;

--
-- Name: token_uses; Type: TABLE; Schema: private; Owner: devos_owner
--

CREATE TABLE private.token_uses (
    token_id uuid NOT NULL,
    used_at timestamp with time zone NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE ONLY private.token_uses FORCE ROW LEVEL SECURITY;


ALTER TABLE private.token_uses OWNER TO devos_owner;

--
-- Name: agent_heartbeats; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.agent_heartbeats (
    agent_id uuid NOT NULL,
    seen_at timestamp with time zone NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='500');

ALTER TABLE ONLY public.agent_heartbeats FORCE ROW LEVEL SECURITY;


ALTER TABLE public.agent_heartbeats OWNER TO devos_owner;

--
-- Name: TABLE agent_heartbeats; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.agent_heartbeats IS 'When an agent was last heard.';


--
-- Name: agent_lanes; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.agent_lanes (
    agent_id uuid NOT NULL,
    lane_id bigint NOT NULL,
    kind text NOT NULL,
    project_id uuid NOT NULL,
    is_limited boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.agent_lanes FORCE ROW LEVEL SECURITY;


ALTER TABLE public.agent_lanes OWNER TO devos_owner;

--
-- Name: TABLE agent_lanes; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.agent_lanes IS 'The lanes an agent may claim from; written when an agent registers or a lane is born, never at a claim.';


--
-- Name: agent_projects; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.agent_projects (
    agent_id uuid NOT NULL,
    project_id uuid NOT NULL
);

ALTER TABLE ONLY public.agent_projects FORCE ROW LEVEL SECURITY;


ALTER TABLE public.agent_projects OWNER TO devos_owner;

--
-- Name: TABLE agent_projects; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.agent_projects IS 'The projects an agent works for, named one by one.';


--
-- Name: agents; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.agents (
    id uuid NOT NULL,
    name text NOT NULL,
    capabilities text[] DEFAULT '{}'::text[] NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    registration_token_id uuid,
    broker_allowed boolean DEFAULT false NOT NULL,
    CONSTRAINT agents_capabilities_count CHECK ((cardinality(capabilities) <= 100)),
    CONSTRAINT agents_labels_are_object CHECK (((jsonb_typeof(labels) = 'object'::text) AND (octet_length((labels)::text) <= 8192))),
    CONSTRAINT agents_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100)))
);

ALTER TABLE ONLY public.agents FORCE ROW LEVEL SECURITY;


ALTER TABLE public.agents OWNER TO devos_owner;

--
-- Name: TABLE agents; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.agents IS 'A registered program with an API key that claims tasks.';


--
-- Name: COLUMN agents.labels; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.agents.labels IS 'What people call an agent, by key; for filters and lists, never for rights.';


--
-- Name: COLUMN agents.broker_allowed; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON COLUMN public.agents.broker_allowed IS 'Whether an admin trusts the agent with credentials of the broker.';


--
-- Name: api_tokens; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.api_tokens (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT api_tokens_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT api_tokens_scopes_count CHECK (((cardinality(scopes) >= 1) AND (cardinality(scopes) <= 50)))
);

ALTER TABLE ONLY public.api_tokens FORCE ROW LEVEL SECURITY;


ALTER TABLE public.api_tokens OWNER TO devos_owner;

--
-- Name: TABLE api_tokens; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.api_tokens IS 'Tokens that act for a person within their scopes.';


--
-- Name: audit_log; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.audit_log (
    id bigint NOT NULL,
    project_id uuid,
    action text NOT NULL,
    subject_id uuid,
    actor_kind text NOT NULL,
    actor_id uuid,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);

ALTER TABLE ONLY public.audit_log FORCE ROW LEVEL SECURITY;


ALTER TABLE public.audit_log OWNER TO devos_owner;

--
-- Name: TABLE audit_log; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.audit_log IS 'Who did what, when: one row per decision with effect on money, access or agents.';


--
-- Name: audit_log_id_seq; Type: SEQUENCE; Schema: public; Owner: devos_owner
--

ALTER TABLE public.audit_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: events; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.events (
    id bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    project_id uuid,
    type text NOT NULL,
    subject_id uuid,
    actor_kind text NOT NULL,
    actor_id uuid,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
)
WITH (autovacuum_vacuum_insert_scale_factor='0.02', autovacuum_analyze_scale_factor='0.05');

ALTER TABLE ONLY public.events FORCE ROW LEVEL SECURITY;


ALTER TABLE public.events OWNER TO devos_owner;

--
-- Name: TABLE events; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.events IS 'Facts that happened, in commit order by (xid, id).';


--
-- Name: events_id_seq; Type: SEQUENCE; Schema: public; Owner: devos_owner
--

ALTER TABLE public.events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: lanes_id_seq; Type: SEQUENCE; Schema: public; Owner: devos_owner
--

ALTER TABLE public.lanes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.lanes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: project_members; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.project_members (
    project_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.project_members FORCE ROW LEVEL SECURITY;


ALTER TABLE public.project_members OWNER TO devos_owner;

--
-- Name: TABLE project_members; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.project_members IS 'Which people see a project. An admin sees every project.';


--
-- Name: project_tokens; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.project_tokens (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT project_tokens_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100)))
);

ALTER TABLE ONLY public.project_tokens FORCE ROW LEVEL SECURITY;


ALTER TABLE public.project_tokens OWNER TO devos_owner;

--
-- Name: TABLE project_tokens; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.project_tokens IS 'Tokens by which CI speaks for a project.';


--
-- Name: service_charges; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.service_charges (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    service_id uuid NOT NULL,
    asked_service_id uuid NOT NULL,
    task_id uuid,
    attempt integer,
    agent_id uuid,
    user_id uuid,
    key text,
    amount numeric(18,6) NOT NULL,
    source text DEFAULT 'self_reported'::text NOT NULL,
    note text,
    answer jsonb NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT service_charges_amount_positive CHECK (((amount > (0)::numeric) AND (amount <> 'NaN'::numeric))),
    CONSTRAINT service_charges_key_length CHECK (((char_length(key) >= 1) AND (char_length(key) <= 200))),
    CONSTRAINT service_charges_note_length CHECK ((char_length(note) <= 1000)),
    CONSTRAINT service_charges_source CHECK ((source = ANY (ARRAY['self_reported'::text, 'measured'::text, 'estimated'::text])))
);

ALTER TABLE ONLY public.service_charges FORCE ROW LEVEL SECURITY;


ALTER TABLE public.service_charges OWNER TO devos_owner;

--
-- Name: TABLE service_charges; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.service_charges IS 'The spend ledger: one line per charge. Its sum equals what the services have spent.';


--
-- Name: state_transitions; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.state_transitions (
    machine text NOT NULL,
    from_state text,
    to_state text NOT NULL
);

ALTER TABLE ONLY public.state_transitions FORCE ROW LEVEL SECURITY;


ALTER TABLE public.state_transitions OWNER TO devos_owner;

--
-- Name: TABLE state_transitions; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.state_transitions IS 'Allowed moves of every state machine. from_state null: a legal initial state.';


--
-- Name: task_dependencies; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.task_dependencies (
    task_id uuid NOT NULL,
    depends_on_id uuid NOT NULL,
    project_id uuid NOT NULL,
    on_failure text DEFAULT 'fail'::text NOT NULL,
    settled_at timestamp with time zone,
    CONSTRAINT task_dependencies_not_itself CHECK ((task_id <> depends_on_id)),
    CONSTRAINT task_dependencies_on_failure CHECK ((on_failure = ANY (ARRAY['fail'::text, 'block'::text, 'ignore'::text])))
);

ALTER TABLE ONLY public.task_dependencies FORCE ROW LEVEL SECURITY;


ALTER TABLE public.task_dependencies OWNER TO devos_owner;

--
-- Name: TABLE task_dependencies; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.task_dependencies IS 'Which tasks wait for which, and what becomes of them when those fail.';


--
-- Name: task_log_counts; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.task_log_counts (
    task_id uuid NOT NULL,
    project_id uuid NOT NULL,
    lines integer DEFAULT 0 NOT NULL,
    bytes bigint DEFAULT 0 NOT NULL,
    dropped bigint DEFAULT 0 NOT NULL,
    mark_id bigint,
    mark_attempt integer,
    marked_at timestamp with time zone,
    CONSTRAINT task_log_counts_mark_is_whole CHECK ((((dropped > 0) = (mark_id IS NOT NULL)) AND ((mark_id IS NULL) = (mark_attempt IS NULL)) AND ((mark_id IS NULL) = (marked_at IS NULL))))
)
WITH (fillfactor='80');

ALTER TABLE ONLY public.task_log_counts FORCE ROW LEVEL SECURITY;


ALTER TABLE public.task_log_counts OWNER TO devos_owner;

--
-- Name: TABLE task_log_counts; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.task_log_counts IS 'How much of a task''s log is kept, and how many lines were not: those stand at its end as one line with the id mark_id.';


--
-- Name: task_steps_id_seq; Type: SEQUENCE; Schema: public; Owner: devos_owner
--

ALTER TABLE public.task_steps ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.task_steps_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: team_members; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.team_members (
    team_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.team_members FORCE ROW LEVEL SECURITY;


ALTER TABLE public.team_members OWNER TO devos_owner;

--
-- Name: TABLE team_members; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.team_members IS 'Which people belong to a team, and so see its projects.';


--
-- Name: user_roles; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.user_roles (
    user_id uuid NOT NULL,
    role public.app_role DEFAULT 'viewer'::public.app_role NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.user_roles FORCE ROW LEVEL SECURITY;


ALTER TABLE public.user_roles OWNER TO devos_owner;

--
-- Name: TABLE user_roles; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.user_roles IS 'The platform role of a person.';


--
-- Name: webhook_deliveries; Type: TABLE; Schema: public; Owner: devos_owner
--

CREATE TABLE public.webhook_deliveries (
    id uuid NOT NULL,
    project_id uuid,
    repository_id uuid,
    forge text NOT NULL,
    delivery_id text NOT NULL,
    event text NOT NULL,
    body_sha256 bytea NOT NULL,
    body bytea NOT NULL,
    state text NOT NULL,
    reason text,
    task_id uuid,
    received_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT webhook_deliveries_delivery_id_length CHECK (((char_length(delivery_id) >= 1) AND (char_length(delivery_id) <= 100))),
    CONSTRAINT webhook_deliveries_event_format CHECK ((event ~ '^[a-z_]{1,64}$'::text))
);

ALTER TABLE ONLY public.webhook_deliveries FORCE ROW LEVEL SECURITY;


ALTER TABLE public.webhook_deliveries OWNER TO devos_owner;

--
-- Name: TABLE webhook_deliveries; Type: COMMENT; Schema: public; Owner: devos_owner
--

COMMENT ON TABLE public.webhook_deliveries IS 'What forges sent and signed; each body is worked on once.';


--
-- Name: task_logs_default; Type: TABLE ATTACH; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY public.task_logs ATTACH PARTITION private.task_logs_default DEFAULT;


--
-- Name: identities identities_pkey; Type: CONSTRAINT; Schema: auth; Owner: postgres
--

ALTER TABLE ONLY auth.identities
    ADD CONSTRAINT identities_pkey PRIMARY KEY (id);


--
-- Name: identities identities_provider_provider_id_key; Type: CONSTRAINT; Schema: auth; Owner: postgres
--

ALTER TABLE ONLY auth.identities
    ADD CONSTRAINT identities_provider_provider_id_key UNIQUE (provider, provider_id);


--
-- Name: refresh_tokens refresh_tokens_pkey; Type: CONSTRAINT; Schema: auth; Owner: postgres
--

ALTER TABLE ONLY auth.refresh_tokens
    ADD CONSTRAINT refresh_tokens_pkey PRIMARY KEY (id);


--
-- Name: refresh_tokens refresh_tokens_token_key; Type: CONSTRAINT; Schema: auth; Owner: postgres
--

ALTER TABLE ONLY auth.refresh_tokens
    ADD CONSTRAINT refresh_tokens_token_key UNIQUE (token);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: auth; Owner: postgres
--

ALTER TABLE ONLY auth.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: auth; Owner: postgres
--

ALTER TABLE ONLY auth.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: agent_keys agent_keys_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.agent_keys
    ADD CONSTRAINT agent_keys_pkey PRIMARY KEY (id);


--
-- Name: artifact_blobs artifact_blobs_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.artifact_blobs
    ADD CONSTRAINT artifact_blobs_pkey PRIMARY KEY (id);


--
-- Name: auth_flows auth_flows_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.auth_flows
    ADD CONSTRAINT auth_flows_pkey PRIMARY KEY (id);


--
-- Name: broker_users broker_users_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.broker_users
    ADD CONSTRAINT broker_users_pkey PRIMARY KEY (agent_key_id);


--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (caller, route, key);


--
-- Name: limit_rooms limit_rooms_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.limit_rooms
    ADD CONSTRAINT limit_rooms_pkey PRIMARY KEY (limit_id, concurrency_key);


--
-- Name: logic_digest logic_digest_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.logic_digest
    ADD CONSTRAINT logic_digest_pkey PRIMARY KEY (only_row);


--
-- Name: migrations migrations_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: rate_limits rate_limits_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.rate_limits
    ADD CONSTRAINT rate_limits_pkey PRIMARY KEY (bucket);


--
-- Name: secret_values secret_values_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.secret_values
    ADD CONSTRAINT secret_values_pkey PRIMARY KEY (secret_id);


--
-- Name: task_logs task_logs_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.task_logs
    ADD CONSTRAINT task_logs_pkey PRIMARY KEY (id, at);


--
-- Name: task_logs_default task_logs_default_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.task_logs_default
    ADD CONSTRAINT task_logs_default_pkey PRIMARY KEY (id, at);


--
-- Name: task_search task_search_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.task_search
    ADD CONSTRAINT task_search_pkey PRIMARY KEY (task_id);


--
-- Name: task_search_position task_search_position_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.task_search_position
    ADD CONSTRAINT task_search_position_pkey PRIMARY KEY (is_only);


--
-- Name: task_successors task_successors_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.task_successors
    ADD CONSTRAINT task_successors_pkey PRIMARY KEY (task_id, key);


--
-- Name: token_hashes token_hashes_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.token_hashes
    ADD CONSTRAINT token_hashes_pkey PRIMARY KEY (id);


--
-- Name: token_uses token_uses_pkey; Type: CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.token_uses
    ADD CONSTRAINT token_uses_pkey PRIMARY KEY (token_id);


--
-- Name: agent_heartbeats agent_heartbeats_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.agent_heartbeats
    ADD CONSTRAINT agent_heartbeats_pkey PRIMARY KEY (agent_id);


--
-- Name: agent_lanes agent_lanes_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.agent_lanes
    ADD CONSTRAINT agent_lanes_pkey PRIMARY KEY (agent_id, lane_id);


--
-- Name: agent_projects agent_projects_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.agent_projects
    ADD CONSTRAINT agent_projects_pkey PRIMARY KEY (agent_id, project_id);


--
-- Name: agents agents_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.agents
    ADD CONSTRAINT agents_pkey PRIMARY KEY (id);


--
-- Name: api_tokens api_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);


--
-- Name: audit_log audit_log_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);


--
-- Name: events events_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (xid, id);


--
-- Name: invitations invitations_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);


--
-- Name: kinds kinds_name_key; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.kinds
    ADD CONSTRAINT kinds_name_key UNIQUE (project_id, name);


--
-- Name: kinds kinds_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.kinds
    ADD CONSTRAINT kinds_pkey PRIMARY KEY (id);


--
-- Name: lanes lanes_key; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.lanes
    ADD CONSTRAINT lanes_key UNIQUE NULLS NOT DISTINCT (project_id, kind, required_capabilities, assigned_agent_id, concurrency_key);


--
-- Name: lanes lanes_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.lanes
    ADD CONSTRAINT lanes_pkey PRIMARY KEY (id);


--
-- Name: limits limits_name_key; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.limits
    ADD CONSTRAINT limits_name_key UNIQUE (project_id, name);


--
-- Name: limits limits_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.limits
    ADD CONSTRAINT limits_pkey PRIMARY KEY (id);


--
-- Name: project_members project_members_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.project_members
    ADD CONSTRAINT project_members_pkey PRIMARY KEY (project_id, user_id);


--
-- Name: project_tokens project_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.project_tokens
    ADD CONSTRAINT project_tokens_pkey PRIMARY KEY (id);


--
-- Name: projects projects_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_pkey PRIMARY KEY (id);


--
-- Name: pull_request_feedback pull_request_feedback_once; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.pull_request_feedback
    ADD CONSTRAINT pull_request_feedback_once UNIQUE (task_id, key);


--
-- Name: pull_request_feedback pull_request_feedback_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.pull_request_feedback
    ADD CONSTRAINT pull_request_feedback_pkey PRIMARY KEY (id);


--
-- Name: registration_tokens registration_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.registration_tokens
    ADD CONSTRAINT registration_tokens_pkey PRIMARY KEY (id);


--
-- Name: repositories repositories_external_id_key; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.repositories
    ADD CONSTRAINT repositories_external_id_key UNIQUE (forge, external_id);


--
-- Name: repositories repositories_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.repositories
    ADD CONSTRAINT repositories_pkey PRIMARY KEY (id);


--
-- Name: schedule_runs schedule_runs_once; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.schedule_runs
    ADD CONSTRAINT schedule_runs_once UNIQUE (schedule_id, scheduled_for);


--
-- Name: schedule_runs schedule_runs_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.schedule_runs
    ADD CONSTRAINT schedule_runs_pkey PRIMARY KEY (id);


--
-- Name: schedules schedules_name_key; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.schedules
    ADD CONSTRAINT schedules_name_key UNIQUE (project_id, name);


--
-- Name: schedules schedules_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.schedules
    ADD CONSTRAINT schedules_pkey PRIMARY KEY (id);


--
-- Name: schedules schedules_project_key; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.schedules
    ADD CONSTRAINT schedules_project_key UNIQUE (project_id, id);


--
-- Name: secrets secrets_name_key; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.secrets
    ADD CONSTRAINT secrets_name_key UNIQUE NULLS NOT DISTINCT (team_id, project_id, name);


--
-- Name: secrets secrets_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.secrets
    ADD CONSTRAINT secrets_pkey PRIMARY KEY (id);


--
-- Name: service_charges service_charges_once; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.service_charges
    ADD CONSTRAINT service_charges_once UNIQUE (task_id, attempt, key);


--
-- Name: service_charges service_charges_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.service_charges
    ADD CONSTRAINT service_charges_pkey PRIMARY KEY (id);


--
-- Name: service_registry service_registry_name_key; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.service_registry
    ADD CONSTRAINT service_registry_name_key UNIQUE (project_id, name);


--
-- Name: service_registry service_registry_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.service_registry
    ADD CONSTRAINT service_registry_pkey PRIMARY KEY (id);


--
-- Name: service_registry service_registry_project_key; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.service_registry
    ADD CONSTRAINT service_registry_project_key UNIQUE (project_id, id);


--
-- Name: state_transitions state_transitions_key; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.state_transitions
    ADD CONSTRAINT state_transitions_key UNIQUE NULLS NOT DISTINCT (machine, from_state, to_state);


--
-- Name: task_artifacts task_artifacts_blob_id_key; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.task_artifacts
    ADD CONSTRAINT task_artifacts_blob_id_key UNIQUE (blob_id);


--
-- Name: task_artifacts task_artifacts_name_key; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.task_artifacts
    ADD CONSTRAINT task_artifacts_name_key UNIQUE (task_id, name);


--
-- Name: task_artifacts task_artifacts_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.task_artifacts
    ADD CONSTRAINT task_artifacts_pkey PRIMARY KEY (id);


--
-- Name: task_attempts task_attempts_lease_token_key; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.task_attempts
    ADD CONSTRAINT task_attempts_lease_token_key UNIQUE (lease_token);


--
-- Name: task_attempts task_attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.task_attempts
    ADD CONSTRAINT task_attempts_pkey PRIMARY KEY (task_id, attempt);


--
-- Name: task_dependencies task_dependencies_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.task_dependencies
    ADD CONSTRAINT task_dependencies_pkey PRIMARY KEY (task_id, project_id, depends_on_id);


--
-- Name: task_log_counts task_log_counts_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.task_log_counts
    ADD CONSTRAINT task_log_counts_pkey PRIMARY KEY (task_id);


--
-- Name: task_steps task_steps_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.task_steps
    ADD CONSTRAINT task_steps_pkey PRIMARY KEY (task_id, name);


--
-- Name: tasks tasks_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.tasks
    ADD CONSTRAINT tasks_pkey PRIMARY KEY (id);


--
-- Name: tasks tasks_project_key; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.tasks
    ADD CONSTRAINT tasks_project_key UNIQUE (project_id, id);


--
-- Name: team_members team_members_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_pkey PRIMARY KEY (team_id, user_id);


--
-- Name: teams teams_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.teams
    ADD CONSTRAINT teams_pkey PRIMARY KEY (id);


--
-- Name: user_roles user_roles_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_pkey PRIMARY KEY (user_id);


--
-- Name: webhook_deliveries webhook_deliveries_pkey; Type: CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id);


--
-- Name: refresh_tokens_session_id_idx; Type: INDEX; Schema: auth; Owner: postgres
--

CREATE INDEX refresh_tokens_session_id_idx ON auth.refresh_tokens USING btree (session_id);


--
-- Name: sessions_user_id_idx; Type: INDEX; Schema: auth; Owner: postgres
--

CREATE INDEX sessions_user_id_idx ON auth.sessions USING btree (user_id);


--
-- Name: users_email_key; Type: INDEX; Schema: auth; Owner: postgres
--

CREATE UNIQUE INDEX users_email_key ON auth.users USING btree (lower(email)) WHERE (deleted_at IS NULL);


--
-- Name: agent_keys_agent_id_idx; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE INDEX agent_keys_agent_id_idx ON private.agent_keys USING btree (agent_id);


--
-- Name: artifact_blobs_created_at_idx; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE INDEX artifact_blobs_created_at_idx ON private.artifact_blobs USING btree (created_at);


--
-- Name: artifact_blobs_task_id_idx; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE INDEX artifact_blobs_task_id_idx ON private.artifact_blobs USING btree (task_id);


--
-- Name: auth_flows_code_hash_key; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE UNIQUE INDEX auth_flows_code_hash_key ON private.auth_flows USING btree (code_hash);


--
-- Name: auth_flows_expires_at_idx; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE INDEX auth_flows_expires_at_idx ON private.auth_flows USING btree (expires_at);


--
-- Name: auth_flows_state_hash_key; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE UNIQUE INDEX auth_flows_state_hash_key ON private.auth_flows USING btree (state_hash);


--
-- Name: broker_users_agent_id_idx; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE INDEX broker_users_agent_id_idx ON private.broker_users USING btree (agent_id);


--
-- Name: idempotency_keys_created_at_idx; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE INDEX idempotency_keys_created_at_idx ON private.idempotency_keys USING btree (created_at);


--
-- Name: outbox_due_idx; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE INDEX outbox_due_idx ON private.outbox USING btree (topic, run_at, id) WHERE (gave_up_at IS NULL);


--
-- Name: rate_limits_full_at_idx; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE INDEX rate_limits_full_at_idx ON private.rate_limits USING btree (full_at);


--
-- Name: secret_values_key_id_idx; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE INDEX secret_values_key_id_idx ON private.secret_values USING btree (key_id, secret_id);


--
-- Name: task_logs_project_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX task_logs_project_id_idx ON ONLY public.task_logs USING btree (project_id, id);


--
-- Name: task_logs_default_project_id_id_idx; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE INDEX task_logs_default_project_id_id_idx ON private.task_logs_default USING btree (project_id, id);


--
-- Name: task_logs_task_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX task_logs_task_id_idx ON ONLY public.task_logs USING btree (task_id, id);


--
-- Name: task_logs_default_task_id_idx; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE INDEX task_logs_default_task_id_idx ON private.task_logs_default USING btree (task_id, id);


--
-- Name: task_search_document_idx; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE INDEX task_search_document_idx ON private.task_search USING gin (document);


--
-- Name: task_successors_successor_idx; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE INDEX task_successors_successor_idx ON private.task_successors USING btree (project_id, successor_id);


--
-- Name: token_hashes_token_id_key; Type: INDEX; Schema: private; Owner: devos_owner
--

CREATE UNIQUE INDEX token_hashes_token_id_key ON private.token_hashes USING btree (token_id);


--
-- Name: agent_lanes_lane_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX agent_lanes_lane_id_idx ON public.agent_lanes USING btree (lane_id);


--
-- Name: agent_lanes_limited_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX agent_lanes_limited_idx ON public.agent_lanes USING btree (agent_id) WHERE is_limited;


--
-- Name: agent_projects_project_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX agent_projects_project_id_idx ON public.agent_projects USING btree (project_id);


--
-- Name: api_tokens_user_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX api_tokens_user_id_idx ON public.api_tokens USING btree (user_id);


--
-- Name: audit_log_project_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX audit_log_project_id_idx ON public.audit_log USING btree (project_id, id);


--
-- Name: events_access_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX events_access_idx ON public.events USING btree (xid, id) WHERE ((type ~~ 'project.%'::text) OR (type ~~ 'team.%'::text) OR (type ~~ 'user.%'::text) OR (type ~~ 'invitation.%'::text));


--
-- Name: events_project_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX events_project_id_idx ON public.events USING btree (project_id, xid, id);


--
-- Name: events_subject_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX events_subject_id_idx ON public.events USING btree (subject_id, xid, id);


--
-- Name: invitations_project_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX invitations_project_id_idx ON public.invitations USING btree (project_id);


--
-- Name: invitations_team_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX invitations_team_id_idx ON public.invitations USING btree (team_id);


--
-- Name: lanes_assigned_agent_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX lanes_assigned_agent_id_idx ON public.lanes USING btree (assigned_agent_id);


--
-- Name: lanes_concurrency_key_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX lanes_concurrency_key_idx ON public.lanes USING btree (project_id, concurrency_key) WHERE (concurrency_key IS NOT NULL);


--
-- Name: project_members_user_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX project_members_user_id_idx ON public.project_members USING btree (user_id);


--
-- Name: project_tokens_project_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX project_tokens_project_id_idx ON public.project_tokens USING btree (project_id);


--
-- Name: projects_team_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX projects_team_id_idx ON public.projects USING btree (team_id);


--
-- Name: pull_request_feedback_project_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX pull_request_feedback_project_id_idx ON public.pull_request_feedback USING btree (project_id, id);


--
-- Name: pull_request_feedback_repository_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX pull_request_feedback_repository_id_idx ON public.pull_request_feedback USING btree (repository_id);


--
-- Name: repositories_full_name_key; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE UNIQUE INDEX repositories_full_name_key ON public.repositories USING btree (forge, lower(full_name));


--
-- Name: repositories_project_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX repositories_project_id_idx ON public.repositories USING btree (project_id, id);


--
-- Name: schedule_runs_list_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX schedule_runs_list_idx ON public.schedule_runs USING btree (project_id, schedule_id, id);


--
-- Name: schedule_runs_open_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX schedule_runs_open_idx ON public.schedule_runs USING btree (schedule_id) WHERE is_open;


--
-- Name: schedule_runs_task_key; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE UNIQUE INDEX schedule_runs_task_key ON public.schedule_runs USING btree (project_id, task_id) WHERE (task_id IS NOT NULL);


--
-- Name: schedules_due_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX schedules_due_idx ON public.schedules USING btree (COALESCE(next_run_at, '-infinity'::timestamp with time zone)) WHERE (NOT is_paused);


--
-- Name: secrets_project_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX secrets_project_id_idx ON public.secrets USING btree (project_id);


--
-- Name: service_charges_person_once; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE UNIQUE INDEX service_charges_person_once ON public.service_charges USING btree (user_id, key) WHERE (task_id IS NULL);


--
-- Name: service_charges_service_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX service_charges_service_id_idx ON public.service_charges USING btree (service_id, id);


--
-- Name: service_charges_task_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX service_charges_task_id_idx ON public.service_charges USING btree (task_id, id);


--
-- Name: task_artifacts_task_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX task_artifacts_task_id_idx ON public.task_artifacts USING btree (project_id, task_id);


--
-- Name: task_attempts_ended_at_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX task_attempts_ended_at_idx ON public.task_attempts USING btree (project_id, ended_at) INCLUDE (outcome);


--
-- Name: task_dependencies_depends_on_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX task_dependencies_depends_on_idx ON public.task_dependencies USING btree (depends_on_id, project_id);


--
-- Name: task_steps_order_key; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE UNIQUE INDEX task_steps_order_key ON public.task_steps USING btree (task_id, id);


--
-- Name: tasks_agent_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX tasks_agent_idx ON public.tasks USING btree (agent_id) WHERE (state = 'running'::public.task_state);


--
-- Name: tasks_blocked_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX tasks_blocked_idx ON public.tasks USING btree (project_id, blocked_reason) WHERE (state = 'blocked'::public.task_state);


--
-- Name: tasks_cancel_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX tasks_cancel_idx ON public.tasks USING btree (cancel_requested_at) WHERE ((state = 'running'::public.task_state) AND (cancel_requested_at IS NOT NULL));


--
-- Name: tasks_claim_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX tasks_claim_idx ON public.tasks USING btree (lane_id, queue_priority, run_at, id) WHERE ((state = 'pending'::public.task_state) AND (open_dependencies = 0));


--
-- Name: tasks_dedupe_key; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE UNIQUE INDEX tasks_dedupe_key ON public.tasks USING btree (project_id, dedupe_key) WHERE (dedupe_key IS NOT NULL);


--
-- Name: tasks_failed_code_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX tasks_failed_code_idx ON public.tasks USING btree (project_id, (((last_error)::jsonb ->> 'code'::text)), id) WHERE (state = 'failed'::public.task_state);


--
-- Name: tasks_failed_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX tasks_failed_idx ON public.tasks USING btree (project_id, id) WHERE (state = 'failed'::public.task_state);


--
-- Name: tasks_key_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX tasks_key_idx ON public.tasks USING btree (project_id, concurrency_key, state, kind) WHERE (concurrency_key IS NOT NULL);


--
-- Name: tasks_lease_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX tasks_lease_idx ON public.tasks USING btree (lease_expires_at) WHERE (state = 'running'::public.task_state);


--
-- Name: tasks_list_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX tasks_list_idx ON public.tasks USING btree (project_id, kind, state, priority, id);


--
-- Name: tasks_parent_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX tasks_parent_idx ON public.tasks USING btree (project_id, parent_task_id) WHERE (parent_task_id IS NOT NULL);


--
-- Name: tasks_waiting_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX tasks_waiting_idx ON public.tasks USING btree (project_id, kind) WHERE ((state = 'pending'::public.task_state) AND (open_dependencies > 0));


--
-- Name: team_members_user_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX team_members_user_id_idx ON public.team_members USING btree (user_id);


--
-- Name: webhook_deliveries_body_key; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE UNIQUE INDEX webhook_deliveries_body_key ON public.webhook_deliveries USING btree (forge, event, body_sha256) WHERE (state <> 'unmapped'::text);


--
-- Name: webhook_deliveries_delivery_key; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE UNIQUE INDEX webhook_deliveries_delivery_key ON public.webhook_deliveries USING btree (forge, delivery_id) WHERE (state <> 'unmapped'::text);


--
-- Name: webhook_deliveries_project_id_idx; Type: INDEX; Schema: public; Owner: devos_owner
--

CREATE INDEX webhook_deliveries_project_id_idx ON public.webhook_deliveries USING btree (project_id, id);


--
-- Name: task_logs_default_pkey; Type: INDEX ATTACH; Schema: private; Owner: devos_owner
--

ALTER INDEX public.task_logs_pkey ATTACH PARTITION private.task_logs_default_pkey;


--
-- Name: task_logs_default_project_id_id_idx; Type: INDEX ATTACH; Schema: private; Owner: devos_owner
--

ALTER INDEX public.task_logs_project_id_idx ATTACH PARTITION private.task_logs_default_project_id_id_idx;


--
-- Name: task_logs_default_task_id_idx; Type: INDEX ATTACH; Schema: private; Owner: devos_owner
--

ALTER INDEX public.task_logs_task_id_idx ATTACH PARTITION private.task_logs_default_task_id_idx;


--
-- Name: users devos_handle_new_user; Type: TRIGGER; Schema: auth; Owner: postgres
--

CREATE TRIGGER devos_handle_new_user AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION private.handle_new_user();


--
-- Name: audit_log append_only; Type: TRIGGER; Schema: public; Owner: devos_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change();


--
-- Name: events append_only; Type: TRIGGER; Schema: public; Owner: devos_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.events FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change();


--
-- Name: service_charges append_only; Type: TRIGGER; Schema: public; Owner: devos_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.service_charges FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change();


--
-- Name: task_attempts append_only; Type: TRIGGER; Schema: public; Owner: devos_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.task_attempts FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change();


--
-- Name: task_logs append_only; Type: TRIGGER; Schema: public; Owner: devos_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.task_logs FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change();


--
-- Name: pull_request_feedback guard_initial_state; Type: TRIGGER; Schema: public; Owner: devos_owner
--

CREATE TRIGGER guard_initial_state BEFORE INSERT ON public.pull_request_feedback FOR EACH ROW WHEN ((new.state <> 'queued'::text)) EXECUTE FUNCTION private.refuse_transition('feedback');


--
-- Name: service_registry guard_initial_state; Type: TRIGGER; Schema: public; Owner: devos_owner
--

CREATE TRIGGER guard_initial_state BEFORE INSERT ON public.service_registry FOR EACH ROW WHEN (((new.state)::text <> 'ACTIVE'::text)) EXECUTE FUNCTION private.refuse_transition('service');


--
-- Name: tasks guard_initial_state; Type: TRIGGER; Schema: public; Owner: devos_owner
--

CREATE TRIGGER guard_initial_state BEFORE INSERT ON public.tasks FOR EACH ROW WHEN (((new.state)::text <> 'pending'::text)) EXECUTE FUNCTION private.refuse_transition('task');


--
-- Name: webhook_deliveries guard_initial_state; Type: TRIGGER; Schema: public; Owner: devos_owner
--

CREATE TRIGGER guard_initial_state BEFORE INSERT ON public.webhook_deliveries FOR EACH ROW WHEN ((new.state <> ALL (ARRAY['received'::text, 'ignored'::text, 'unmapped'::text]))) EXECUTE FUNCTION private.refuse_transition('webhook_delivery');


--
-- Name: pull_request_feedback guard_state; Type: TRIGGER; Schema: public; Owner: devos_owner
--

CREATE TRIGGER guard_state BEFORE UPDATE OF state ON public.pull_request_feedback FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (((old.state || '>'::text) || new.state) <> ALL (ARRAY['queued>sent'::text, 'queued>failed'::text, 'failed>queued'::text])))) EXECUTE FUNCTION private.refuse_transition('feedback');


--
-- Name: service_registry guard_state; Type: TRIGGER; Schema: public; Owner: devos_owner
--

CREATE TRIGGER guard_state BEFORE UPDATE OF state ON public.service_registry FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND ((((old.state)::text || '>'::text) || (new.state)::text) <> ALL (ARRAY['ACTIVE>SUSPENDED'::text, 'SUSPENDED>ACTIVE'::text])))) EXECUTE FUNCTION private.refuse_transition('service');


--
-- Name: tasks guard_state; Type: TRIGGER; Schema: public; Owner: devos_owner
--

CREATE TRIGGER guard_state BEFORE UPDATE OF state ON public.tasks FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND ((((old.state)::text || '>'::text) || (new.state)::text) <> ALL (ARRAY['pending>running'::text, 'pending>cancelled'::text, 'pending>failed'::text, 'pending>blocked'::text, 'running>completed'::text, 'running>needs_qa'::text, 'running>pending'::text, 'running>failed'::text, 'running>blocked'::text, 'running>cancelled'::text, 'needs_qa>completed'::text, 'needs_qa>failed'::text, 'needs_qa>pending'::text, 'needs_qa>blocked'::text, 'needs_qa>cancelled'::text, 'blocked>pending'::text, 'blocked>cancelled'::text, 'blocked>failed'::text, 'blocked>needs_qa'::text, 'blocked>completed'::text, 'failed>pending'::text])))) EXECUTE FUNCTION private.refuse_transition('task');


--
-- Name: webhook_deliveries guard_state; Type: TRIGGER; Schema: public; Owner: devos_owner
--

CREATE TRIGGER guard_state BEFORE UPDATE OF state ON public.webhook_deliveries FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (((old.state || '>'::text) || new.state) <> ALL (ARRAY['received>processed'::text, 'received>ignored'::text, 'received>failed'::text])))) EXECUTE FUNCTION private.refuse_transition('webhook_delivery');


--
-- Name: task_artifacts keep_blob; Type: TRIGGER; Schema: public; Owner: devos_owner
--

CREATE TRIGGER keep_blob AFTER INSERT OR DELETE OR UPDATE OF blob_id ON public.task_artifacts FOR EACH ROW EXECUTE FUNCTION private.keep_blob();


--
-- Name: identities identities_user_id_fkey; Type: FK CONSTRAINT; Schema: auth; Owner: postgres
--

ALTER TABLE ONLY auth.identities
    ADD CONSTRAINT identities_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;


--
-- Name: refresh_tokens refresh_tokens_session_id_fkey; Type: FK CONSTRAINT; Schema: auth; Owner: postgres
--

ALTER TABLE ONLY auth.refresh_tokens
    ADD CONSTRAINT refresh_tokens_session_id_fkey FOREIGN KEY (session_id) REFERENCES auth.sessions(id) ON DELETE CASCADE;


--
-- Name: refresh_tokens refresh_tokens_user_id_fkey; Type: FK CONSTRAINT; Schema: auth; Owner: postgres
--

ALTER TABLE ONLY auth.refresh_tokens
    ADD CONSTRAINT refresh_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;


--
-- Name: sessions sessions_user_id_fkey; Type: FK CONSTRAINT; Schema: auth; Owner: postgres
--

ALTER TABLE ONLY auth.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;


--
-- Name: agent_keys agent_keys_agent_id_fkey; Type: FK CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.agent_keys
    ADD CONSTRAINT agent_keys_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.agents(id) ON DELETE CASCADE;


--
-- Name: broker_users broker_users_agent_id_fkey; Type: FK CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.broker_users
    ADD CONSTRAINT broker_users_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.agents(id) ON DELETE CASCADE;


--
-- Name: broker_users broker_users_agent_key_id_fkey; Type: FK CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.broker_users
    ADD CONSTRAINT broker_users_agent_key_id_fkey FOREIGN KEY (agent_key_id) REFERENCES private.agent_keys(id) ON DELETE CASCADE;


--
-- Name: secret_values secret_values_secret_id_fkey; Type: FK CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.secret_values
    ADD CONSTRAINT secret_values_secret_id_fkey FOREIGN KEY (secret_id) REFERENCES public.secrets(id) ON DELETE CASCADE;


--
-- Name: task_successors task_successors_successor_fkey; Type: FK CONSTRAINT; Schema: private; Owner: devos_owner
--

ALTER TABLE ONLY private.task_successors
    ADD CONSTRAINT task_successors_successor_fkey FOREIGN KEY (project_id, successor_id) REFERENCES public.tasks(project_id, id) ON DELETE CASCADE;


--
-- Name: agent_heartbeats agent_heartbeats_agent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.agent_heartbeats
    ADD CONSTRAINT agent_heartbeats_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.agents(id) ON DELETE CASCADE;


--
-- Name: agent_lanes agent_lanes_agent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.agent_lanes
    ADD CONSTRAINT agent_lanes_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.agents(id) ON DELETE CASCADE;


--
-- Name: agent_lanes agent_lanes_lane_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.agent_lanes
    ADD CONSTRAINT agent_lanes_lane_id_fkey FOREIGN KEY (lane_id) REFERENCES public.lanes(id) ON DELETE CASCADE;


--
-- Name: agent_projects agent_projects_agent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.agent_projects
    ADD CONSTRAINT agent_projects_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.agents(id) ON DELETE CASCADE;


--
-- Name: agent_projects agent_projects_project_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.agent_projects
    ADD CONSTRAINT agent_projects_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;


--
-- Name: api_tokens api_tokens_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;


--
-- Name: invitations invitations_project_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;


--
-- Name: invitations invitations_team_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.teams(id) ON DELETE CASCADE;


--
-- Name: kinds kinds_project_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.kinds
    ADD CONSTRAINT kinds_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;


--
-- Name: lanes lanes_assigned_agent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.lanes
    ADD CONSTRAINT lanes_assigned_agent_id_fkey FOREIGN KEY (assigned_agent_id) REFERENCES public.agents(id) ON DELETE CASCADE;


--
-- Name: lanes lanes_project_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.lanes
    ADD CONSTRAINT lanes_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;


--
-- Name: limits limits_project_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.limits
    ADD CONSTRAINT limits_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;


--
-- Name: project_members project_members_project_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.project_members
    ADD CONSTRAINT project_members_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;


--
-- Name: project_members project_members_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.project_members
    ADD CONSTRAINT project_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;


--
-- Name: project_tokens project_tokens_project_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.project_tokens
    ADD CONSTRAINT project_tokens_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;


--
-- Name: projects projects_team_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.projects
    ADD CONSTRAINT projects_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.teams(id);


--
-- Name: pull_request_feedback pull_request_feedback_repository_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.pull_request_feedback
    ADD CONSTRAINT pull_request_feedback_repository_id_fkey FOREIGN KEY (repository_id) REFERENCES public.repositories(id) ON DELETE CASCADE;


--
-- Name: repositories repositories_project_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.repositories
    ADD CONSTRAINT repositories_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;


--
-- Name: schedule_runs schedule_runs_schedule_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.schedule_runs
    ADD CONSTRAINT schedule_runs_schedule_fkey FOREIGN KEY (project_id, schedule_id) REFERENCES public.schedules(project_id, id) ON DELETE CASCADE;


--
-- Name: schedule_runs schedule_runs_task_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.schedule_runs
    ADD CONSTRAINT schedule_runs_task_fkey FOREIGN KEY (project_id, task_id) REFERENCES public.tasks(project_id, id) ON DELETE SET NULL (task_id);


--
-- Name: schedules schedules_project_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.schedules
    ADD CONSTRAINT schedules_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;


--
-- Name: secrets secrets_project_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.secrets
    ADD CONSTRAINT secrets_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;


--
-- Name: secrets secrets_team_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.secrets
    ADD CONSTRAINT secrets_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.teams(id) ON DELETE CASCADE;


--
-- Name: service_registry service_registry_project_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.service_registry
    ADD CONSTRAINT service_registry_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;


--
-- Name: service_registry service_registry_substitute_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.service_registry
    ADD CONSTRAINT service_registry_substitute_fkey FOREIGN KEY (project_id, substitute_id) REFERENCES public.service_registry(project_id, id);


--
-- Name: task_artifacts task_artifacts_task_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.task_artifacts
    ADD CONSTRAINT task_artifacts_task_fkey FOREIGN KEY (project_id, task_id) REFERENCES public.tasks(project_id, id) ON DELETE CASCADE;


--
-- Name: task_dependencies task_dependencies_depends_on_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.task_dependencies
    ADD CONSTRAINT task_dependencies_depends_on_fkey FOREIGN KEY (project_id, depends_on_id) REFERENCES public.tasks(project_id, id) ON DELETE CASCADE;


--
-- Name: task_dependencies task_dependencies_task_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.task_dependencies
    ADD CONSTRAINT task_dependencies_task_fkey FOREIGN KEY (project_id, task_id) REFERENCES public.tasks(project_id, id) ON DELETE CASCADE;


--
-- Name: task_log_counts task_log_counts_task_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.task_log_counts
    ADD CONSTRAINT task_log_counts_task_id_fkey FOREIGN KEY (task_id) REFERENCES public.tasks(id) ON DELETE CASCADE;


--
-- Name: tasks tasks_parent_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.tasks
    ADD CONSTRAINT tasks_parent_fkey FOREIGN KEY (project_id, parent_task_id) REFERENCES public.tasks(project_id, id) ON DELETE SET NULL (parent_task_id);


--
-- Name: tasks tasks_project_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.tasks
    ADD CONSTRAINT tasks_project_id_fkey FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;


--
-- Name: team_members team_members_team_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.teams(id) ON DELETE CASCADE;


--
-- Name: team_members team_members_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.team_members
    ADD CONSTRAINT team_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;


--
-- Name: user_roles user_roles_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: devos_owner
--

ALTER TABLE ONLY public.user_roles
    ADD CONSTRAINT user_roles_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;


--
-- Name: agent_keys; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.agent_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: agent_keys agent_keys_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY agent_keys_all_migrator ON private.agent_keys TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: agent_keys agent_keys_insert_api; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY agent_keys_insert_api ON private.agent_keys FOR INSERT TO devos_api WITH CHECK (((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role) OR (agent_id = ( SELECT private.my_agent_id() AS my_agent_id))));


--
-- Name: agent_keys agent_keys_select_api; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY agent_keys_select_api ON private.agent_keys FOR SELECT TO devos_api USING ((EXISTS ( SELECT
   FROM public.agents a
  WHERE (a.id = agent_keys.agent_id))));


--
-- Name: agent_keys agent_keys_select_jobs; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY agent_keys_select_jobs ON private.agent_keys FOR SELECT TO devos_jobs USING (true);


--
-- Name: agent_keys agent_keys_select_lookup; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY agent_keys_select_lookup ON private.agent_keys FOR SELECT TO devos_lookup USING (true);


--
-- Name: agent_keys agent_keys_update_api; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY agent_keys_update_api ON private.agent_keys FOR UPDATE TO devos_api USING (((agent_id = ( SELECT private.my_agent_id() AS my_agent_id)) OR ((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role) AND (EXISTS ( SELECT
   FROM public.agents a
  WHERE (a.id = agent_keys.agent_id))))));


--
-- Name: artifact_blobs; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.artifact_blobs ENABLE ROW LEVEL SECURITY;

--
-- Name: artifact_blobs artifact_blobs_all_jobs; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY artifact_blobs_all_jobs ON private.artifact_blobs TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: artifact_blobs artifact_blobs_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY artifact_blobs_all_migrator ON private.artifact_blobs TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: artifact_blobs artifact_blobs_insert_api; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY artifact_blobs_insert_api ON private.artifact_blobs FOR INSERT TO devos_api WITH CHECK (true);


--
-- Name: artifact_blobs artifact_blobs_select_api; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY artifact_blobs_select_api ON private.artifact_blobs FOR SELECT TO devos_api USING (true);


--
-- Name: auth_flows; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.auth_flows ENABLE ROW LEVEL SECURITY;

--
-- Name: auth_flows auth_flows_all_login; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY auth_flows_all_login ON private.auth_flows TO devos_api USING ((( SELECT private.claims() AS claims) IS NULL)) WITH CHECK ((( SELECT private.claims() AS claims) IS NULL));


--
-- Name: auth_flows auth_flows_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY auth_flows_all_migrator ON private.auth_flows TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: broker_users; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.broker_users ENABLE ROW LEVEL SECURITY;

--
-- Name: broker_users broker_users_all_jobs; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY broker_users_all_jobs ON private.broker_users TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: broker_users broker_users_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY broker_users_all_migrator ON private.broker_users TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: idempotency_keys; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.idempotency_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency_keys idempotency_keys_all_api; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY idempotency_keys_all_api ON private.idempotency_keys TO devos_api USING (true) WITH CHECK (true);


--
-- Name: idempotency_keys idempotency_keys_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY idempotency_keys_all_migrator ON private.idempotency_keys TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: idempotency_keys idempotency_keys_delete_jobs; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY idempotency_keys_delete_jobs ON private.idempotency_keys FOR DELETE TO devos_jobs USING (true);


--
-- Name: idempotency_keys idempotency_keys_select_jobs; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY idempotency_keys_select_jobs ON private.idempotency_keys FOR SELECT TO devos_jobs USING (true);


--
-- Name: limit_rooms; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.limit_rooms ENABLE ROW LEVEL SECURITY;

--
-- Name: limit_rooms limit_rooms_all_jobs; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY limit_rooms_all_jobs ON private.limit_rooms TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: limit_rooms limit_rooms_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY limit_rooms_all_migrator ON private.limit_rooms TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: logic_digest; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.logic_digest ENABLE ROW LEVEL SECURITY;

--
-- Name: logic_digest logic_digest_all_owner; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY logic_digest_all_owner ON private.logic_digest TO devos_owner USING (true) WITH CHECK (true);


--
-- Name: migrations; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.migrations ENABLE ROW LEVEL SECURITY;

--
-- Name: migrations migrations_all_owner; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY migrations_all_owner ON private.migrations TO devos_owner USING (true) WITH CHECK (true);


--
-- Name: outbox; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox outbox_all_jobs; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY outbox_all_jobs ON private.outbox TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: outbox outbox_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY outbox_all_migrator ON private.outbox TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: outbox outbox_insert_journal; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY outbox_insert_journal ON private.outbox FOR INSERT TO devos_journal WITH CHECK (true);


--
-- Name: rate_limits; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.rate_limits ENABLE ROW LEVEL SECURITY;

--
-- Name: rate_limits rate_limits_all_api; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY rate_limits_all_api ON private.rate_limits TO devos_api USING (true) WITH CHECK (true);


--
-- Name: rate_limits rate_limits_all_jobs; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY rate_limits_all_jobs ON private.rate_limits TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: rate_limits rate_limits_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY rate_limits_all_migrator ON private.rate_limits TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: secret_values; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.secret_values ENABLE ROW LEVEL SECURITY;

--
-- Name: secret_values secret_values_all_jobs; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY secret_values_all_jobs ON private.secret_values TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: secret_values secret_values_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY secret_values_all_migrator ON private.secret_values TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: task_logs_default; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.task_logs_default ENABLE ROW LEVEL SECURITY;

--
-- Name: task_logs_default task_logs_default_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY task_logs_default_all_migrator ON private.task_logs_default TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: task_search; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.task_search ENABLE ROW LEVEL SECURITY;

--
-- Name: task_search task_search_all_jobs; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY task_search_all_jobs ON private.task_search TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: task_search task_search_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY task_search_all_migrator ON private.task_search TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: task_search_position; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.task_search_position ENABLE ROW LEVEL SECURITY;

--
-- Name: task_search_position task_search_position_all_jobs; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY task_search_position_all_jobs ON private.task_search_position TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: task_search_position task_search_position_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY task_search_position_all_migrator ON private.task_search_position TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: task_search task_search_select_lookup; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY task_search_select_lookup ON private.task_search FOR SELECT TO devos_lookup USING (true);


--
-- Name: task_successors; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.task_successors ENABLE ROW LEVEL SECURITY;

--
-- Name: task_successors task_successors_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY task_successors_all_migrator ON private.task_successors TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: task_successors task_successors_insert_api; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY task_successors_insert_api ON private.task_successors FOR INSERT TO devos_api WITH CHECK ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: task_successors task_successors_select_api; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY task_successors_select_api ON private.task_successors FOR SELECT TO devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: token_hashes; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.token_hashes ENABLE ROW LEVEL SECURITY;

--
-- Name: token_hashes token_hashes_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY token_hashes_all_migrator ON private.token_hashes TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: token_hashes token_hashes_insert_api; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY token_hashes_insert_api ON private.token_hashes FOR INSERT TO devos_api WITH CHECK ((( SELECT private.my_user_id() AS my_user_id) IS NOT NULL));


--
-- Name: token_hashes token_hashes_insert_invitation; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY token_hashes_insert_invitation ON private.token_hashes FOR INSERT TO devos_api WITH CHECK ((kind = 'invitation'::text));


--
-- Name: token_hashes token_hashes_insert_registration; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY token_hashes_insert_registration ON private.token_hashes FOR INSERT TO devos_api WITH CHECK (((kind = 'registration'::text) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: token_hashes token_hashes_select_lookup; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY token_hashes_select_lookup ON private.token_hashes FOR SELECT TO devos_lookup USING (true);


--
-- Name: token_uses; Type: ROW SECURITY; Schema: private; Owner: devos_owner
--

ALTER TABLE private.token_uses ENABLE ROW LEVEL SECURITY;

--
-- Name: token_uses token_uses_all_api; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY token_uses_all_api ON private.token_uses TO devos_api USING (true) WITH CHECK (true);


--
-- Name: token_uses token_uses_all_migrator; Type: POLICY; Schema: private; Owner: devos_owner
--

CREATE POLICY token_uses_all_migrator ON private.token_uses TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: agent_heartbeats; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.agent_heartbeats ENABLE ROW LEVEL SECURITY;

--
-- Name: agent_heartbeats agent_heartbeats_all_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_heartbeats_all_jobs ON public.agent_heartbeats TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: agent_heartbeats agent_heartbeats_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_heartbeats_all_migrator ON public.agent_heartbeats TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: agent_heartbeats agent_heartbeats_insert_self; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_heartbeats_insert_self ON public.agent_heartbeats FOR INSERT TO devos_api WITH CHECK ((agent_id = ( SELECT private.my_agent_id() AS my_agent_id)));


--
-- Name: agent_heartbeats agent_heartbeats_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_heartbeats_select_member ON public.agent_heartbeats FOR SELECT TO authenticated USING ((EXISTS ( SELECT
   FROM public.agents a
  WHERE (a.id = agent_heartbeats.agent_id))));


--
-- Name: agent_heartbeats agent_heartbeats_select_self; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_heartbeats_select_self ON public.agent_heartbeats FOR SELECT TO devos_api, agent USING (((agent_id = ( SELECT private.my_agent_id() AS my_agent_id)) OR (EXISTS ( SELECT
   FROM public.agents a
  WHERE (a.id = agent_heartbeats.agent_id)))));


--
-- Name: agent_heartbeats agent_heartbeats_update_self; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_heartbeats_update_self ON public.agent_heartbeats FOR UPDATE TO devos_api USING ((agent_id = ( SELECT private.my_agent_id() AS my_agent_id)));


--
-- Name: agent_lanes; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.agent_lanes ENABLE ROW LEVEL SECURITY;

--
-- Name: agent_lanes agent_lanes_all_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_lanes_all_jobs ON public.agent_lanes TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: agent_lanes agent_lanes_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_lanes_all_migrator ON public.agent_lanes TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: agent_lanes agent_lanes_delete_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_lanes_delete_api ON public.agent_lanes FOR DELETE TO devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: agent_lanes agent_lanes_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_lanes_insert_api ON public.agent_lanes FOR INSERT TO devos_api WITH CHECK ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: agent_lanes agent_lanes_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_lanes_select_member ON public.agent_lanes FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: agent_lanes agent_lanes_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_lanes_update_api ON public.agent_lanes FOR UPDATE TO devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: agent_projects; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.agent_projects ENABLE ROW LEVEL SECURITY;

--
-- Name: agent_projects agent_projects_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_projects_all_migrator ON public.agent_projects TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: agent_projects agent_projects_delete_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_projects_delete_api ON public.agent_projects FOR DELETE TO devos_api USING (((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role) AND (project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[]))));


--
-- Name: agent_projects agent_projects_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_projects_insert_api ON public.agent_projects FOR INSERT TO devos_api WITH CHECK (((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role) AND (project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[]))));


--
-- Name: agent_projects agent_projects_insert_registration; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_projects_insert_registration ON public.agent_projects FOR INSERT TO devos_api WITH CHECK ((project_id = ANY (( SELECT private.my_registration_projects() AS my_registration_projects)::uuid[])));


--
-- Name: agent_projects agent_projects_select_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_projects_select_jobs ON public.agent_projects FOR SELECT TO devos_jobs USING (true);


--
-- Name: agent_projects agent_projects_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_projects_select_lookup ON public.agent_projects FOR SELECT TO devos_lookup USING (true);


--
-- Name: agent_projects agent_projects_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_projects_select_member ON public.agent_projects FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: agent_projects agent_projects_select_self; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agent_projects_select_self ON public.agent_projects FOR SELECT TO agent USING ((agent_id = ( SELECT private.my_agent_id() AS my_agent_id)));


--
-- Name: agents; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.agents ENABLE ROW LEVEL SECURITY;

--
-- Name: agents agents_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agents_all_migrator ON public.agents TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: agents agents_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agents_insert_api ON public.agents FOR INSERT TO devos_api WITH CHECK ((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role));


--
-- Name: agents agents_insert_registration; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agents_insert_registration ON public.agents FOR INSERT TO devos_api WITH CHECK ((registration_token_id = ( SELECT private.my_registration_token() AS my_registration_token)));


--
-- Name: agents agents_select_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agents_select_jobs ON public.agents FOR SELECT TO devos_jobs USING (true);


--
-- Name: agents agents_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agents_select_lookup ON public.agents FOR SELECT TO devos_lookup USING (true);


--
-- Name: agents agents_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agents_select_member ON public.agents FOR SELECT TO authenticated, devos_api USING (((( SELECT private.my_agent_id() AS my_agent_id) IS NULL) AND (EXISTS ( SELECT
   FROM public.agent_projects ap
  WHERE ((ap.agent_id = agents.id) AND (ap.project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])))))));


--
-- Name: agents agents_select_self; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agents_select_self ON public.agents FOR SELECT TO devos_api, agent USING ((id = ( SELECT private.my_agent_id() AS my_agent_id)));


--
-- Name: agents agents_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY agents_update_api ON public.agents FOR UPDATE TO devos_api USING (((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role) AND (EXISTS ( SELECT
   FROM public.agent_projects ap
  WHERE ((ap.agent_id = agents.id) AND (ap.project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])))))));


--
-- Name: api_tokens; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.api_tokens ENABLE ROW LEVEL SECURITY;

--
-- Name: api_tokens api_tokens_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY api_tokens_all_migrator ON public.api_tokens TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: api_tokens api_tokens_insert_own; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY api_tokens_insert_own ON public.api_tokens FOR INSERT TO devos_api WITH CHECK ((user_id = ( SELECT private.my_user_id() AS my_user_id)));


--
-- Name: api_tokens api_tokens_select_deployer; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY api_tokens_select_deployer ON public.api_tokens FOR SELECT TO devos_api USING (( SELECT pg_has_role(SESSION_USER, 'devos_owner'::name, 'member'::text) AS pg_has_role));


--
-- Name: api_tokens api_tokens_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY api_tokens_select_lookup ON public.api_tokens FOR SELECT TO devos_lookup USING (true);


--
-- Name: api_tokens api_tokens_select_own; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY api_tokens_select_own ON public.api_tokens FOR SELECT TO authenticated, devos_api USING (((user_id = ( SELECT private.my_user_id() AS my_user_id)) OR (( SELECT public.get_my_role() AS get_my_role) = 'admin'::public.app_role)));


--
-- Name: api_tokens api_tokens_update_deployer; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY api_tokens_update_deployer ON public.api_tokens FOR UPDATE TO devos_api USING (( SELECT pg_has_role(SESSION_USER, 'devos_owner'::name, 'member'::text) AS pg_has_role));


--
-- Name: api_tokens api_tokens_update_own; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY api_tokens_update_own ON public.api_tokens FOR UPDATE TO devos_api USING (((user_id = ( SELECT private.my_user_id() AS my_user_id)) OR (( SELECT public.get_my_role() AS get_my_role) = 'admin'::public.app_role)));


--
-- Name: audit_log; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_log audit_log_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY audit_log_all_migrator ON public.audit_log TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: audit_log audit_log_insert_journal; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY audit_log_insert_journal ON public.audit_log FOR INSERT TO devos_journal WITH CHECK (true);


--
-- Name: audit_log audit_log_select_supervisor; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY audit_log_select_supervisor ON public.audit_log FOR SELECT TO authenticated USING (((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role) AND ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) OR (( SELECT public.get_my_role() AS get_my_role) = 'admin'::public.app_role))));


--
-- Name: events; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.events ENABLE ROW LEVEL SECURITY;

--
-- Name: events events_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY events_all_migrator ON public.events TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: events events_insert_journal; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY events_insert_journal ON public.events FOR INSERT TO devos_journal WITH CHECK (true);


--
-- Name: events events_select_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY events_select_jobs ON public.events FOR SELECT TO devos_jobs USING (true);


--
-- Name: events events_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY events_select_lookup ON public.events FOR SELECT TO devos_lookup USING (true);


--
-- Name: events events_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY events_select_member ON public.events FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: events events_select_team; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY events_select_team ON public.events FOR SELECT TO authenticated, devos_api USING (((project_id IS NULL) AND ((subject_id = ANY (( SELECT private.my_team_ids() AS my_team_ids)::uuid[])) OR (( SELECT public.get_my_role() AS get_my_role) = 'admin'::public.app_role))));


--
-- Name: invitations; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.invitations ENABLE ROW LEVEL SECURITY;

--
-- Name: invitations invitations_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY invitations_all_migrator ON public.invitations TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: invitations invitations_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY invitations_insert_api ON public.invitations FOR INSERT TO devos_api WITH CHECK (((created_by = ( SELECT private.my_user_id() AS my_user_id)) AND ( SELECT private.may_invite(invitations.created_by, invitations.role, invitations.team_id, invitations.project_id) AS may_invite)));


--
-- Name: invitations invitations_select_deployer; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY invitations_select_deployer ON public.invitations FOR SELECT TO devos_api USING (( SELECT pg_has_role(SESSION_USER, 'devos_owner'::name, 'member'::text) AS pg_has_role));


--
-- Name: invitations invitations_select_guest; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY invitations_select_guest ON public.invitations FOR SELECT TO devos_api USING ((email = ( SELECT private.my_email() AS my_email)));


--
-- Name: invitations invitations_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY invitations_select_lookup ON public.invitations FOR SELECT TO devos_lookup USING (true);


--
-- Name: invitations invitations_select_supervisor; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY invitations_select_supervisor ON public.invitations FOR SELECT TO authenticated, devos_api USING (((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role) AND ((created_by = ( SELECT private.my_user_id() AS my_user_id)) OR (team_id = ANY (( SELECT private.my_team_ids() AS my_team_ids)::uuid[])) OR (project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) OR (( SELECT public.get_my_role() AS get_my_role) = 'admin'::public.app_role))));


--
-- Name: invitations invitations_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY invitations_update_api ON public.invitations FOR UPDATE TO devos_api USING (true);


--
-- Name: invitations invitations_update_deployer; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY invitations_update_deployer ON public.invitations FOR UPDATE TO devos_api USING (( SELECT pg_has_role(SESSION_USER, 'devos_owner'::name, 'member'::text) AS pg_has_role));


--
-- Name: kinds; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.kinds ENABLE ROW LEVEL SECURITY;

--
-- Name: kinds kinds_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY kinds_all_migrator ON public.kinds TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: kinds kinds_delete_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY kinds_delete_api ON public.kinds FOR DELETE TO devos_api USING (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: kinds kinds_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY kinds_insert_api ON public.kinds FOR INSERT TO devos_api WITH CHECK (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: kinds kinds_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY kinds_select_lookup ON public.kinds FOR SELECT TO devos_lookup USING (true);


--
-- Name: kinds kinds_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY kinds_select_member ON public.kinds FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: kinds kinds_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY kinds_update_api ON public.kinds FOR UPDATE TO devos_api USING (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: lanes; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.lanes ENABLE ROW LEVEL SECURITY;

--
-- Name: lanes lanes_all_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY lanes_all_jobs ON public.lanes TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: lanes lanes_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY lanes_all_migrator ON public.lanes TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: lanes lanes_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY lanes_insert_api ON public.lanes FOR INSERT TO devos_api WITH CHECK ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: lanes lanes_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY lanes_select_lookup ON public.lanes FOR SELECT TO devos_lookup USING (true);


--
-- Name: lanes lanes_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY lanes_select_member ON public.lanes FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: lanes lanes_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY lanes_update_api ON public.lanes FOR UPDATE TO devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: limits; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.limits ENABLE ROW LEVEL SECURITY;

--
-- Name: limits limits_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY limits_all_migrator ON public.limits TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: limits limits_delete_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY limits_delete_api ON public.limits FOR DELETE TO devos_api USING (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: limits limits_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY limits_insert_api ON public.limits FOR INSERT TO devos_api WITH CHECK (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: limits limits_select_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY limits_select_jobs ON public.limits FOR SELECT TO devos_jobs USING (true);


--
-- Name: limits limits_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY limits_select_member ON public.limits FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: limits limits_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY limits_update_api ON public.limits FOR UPDATE TO devos_api USING (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: project_members; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.project_members ENABLE ROW LEVEL SECURITY;

--
-- Name: project_members project_members_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY project_members_all_migrator ON public.project_members TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: project_members project_members_delete_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY project_members_delete_api ON public.project_members FOR DELETE TO devos_api USING (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: project_members project_members_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY project_members_insert_api ON public.project_members FOR INSERT TO devos_api WITH CHECK ((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role));


--
-- Name: project_members project_members_insert_guest; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY project_members_insert_guest ON public.project_members FOR INSERT TO devos_api WITH CHECK (( SELECT private.is_invited(project_members.user_id, p_project_id => project_members.project_id) AS is_invited));


--
-- Name: project_members project_members_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY project_members_select_lookup ON public.project_members FOR SELECT TO devos_lookup USING (true);


--
-- Name: project_members project_members_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY project_members_select_member ON public.project_members FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: project_tokens; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.project_tokens ENABLE ROW LEVEL SECURITY;

--
-- Name: project_tokens project_tokens_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY project_tokens_all_migrator ON public.project_tokens TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: project_tokens project_tokens_insert_supervisor; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY project_tokens_insert_supervisor ON public.project_tokens FOR INSERT TO devos_api WITH CHECK (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: project_tokens project_tokens_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY project_tokens_select_lookup ON public.project_tokens FOR SELECT TO devos_lookup USING (true);


--
-- Name: project_tokens project_tokens_select_supervisor; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY project_tokens_select_supervisor ON public.project_tokens FOR SELECT TO authenticated, devos_api USING (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: project_tokens project_tokens_update_supervisor; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY project_tokens_update_supervisor ON public.project_tokens FOR UPDATE TO devos_api USING (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: projects; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.projects ENABLE ROW LEVEL SECURITY;

--
-- Name: projects projects_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY projects_all_migrator ON public.projects TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: projects projects_delete_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY projects_delete_api ON public.projects FOR DELETE TO devos_api USING (((id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: projects projects_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY projects_insert_api ON public.projects FOR INSERT TO devos_api WITH CHECK ((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role));


--
-- Name: projects projects_select_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY projects_select_jobs ON public.projects FOR SELECT TO devos_jobs USING (true);


--
-- Name: projects projects_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY projects_select_lookup ON public.projects FOR SELECT TO devos_lookup USING (true);


--
-- Name: projects projects_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY projects_select_member ON public.projects FOR SELECT TO authenticated, devos_api USING ((id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: projects projects_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY projects_update_api ON public.projects FOR UPDATE TO devos_api USING (((id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: pull_request_feedback; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.pull_request_feedback ENABLE ROW LEVEL SECURITY;

--
-- Name: pull_request_feedback pull_request_feedback_all_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY pull_request_feedback_all_jobs ON public.pull_request_feedback TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: pull_request_feedback pull_request_feedback_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY pull_request_feedback_all_migrator ON public.pull_request_feedback TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: pull_request_feedback pull_request_feedback_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY pull_request_feedback_insert_api ON public.pull_request_feedback FOR INSERT TO devos_api WITH CHECK ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: pull_request_feedback pull_request_feedback_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY pull_request_feedback_select_member ON public.pull_request_feedback FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: registration_tokens; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.registration_tokens ENABLE ROW LEVEL SECURITY;

--
-- Name: registration_tokens registration_tokens_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY registration_tokens_all_migrator ON public.registration_tokens TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: registration_tokens registration_tokens_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY registration_tokens_insert_api ON public.registration_tokens FOR INSERT TO devos_api WITH CHECK (((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role) AND (created_by = ( SELECT private.my_user_id() AS my_user_id)) AND (project_ids <@ ( SELECT private.my_project_ids() AS my_project_ids))));


--
-- Name: registration_tokens registration_tokens_select_deployer; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY registration_tokens_select_deployer ON public.registration_tokens FOR SELECT TO devos_api USING (( SELECT pg_has_role(SESSION_USER, 'devos_owner'::name, 'member'::text) AS pg_has_role));


--
-- Name: registration_tokens registration_tokens_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY registration_tokens_select_lookup ON public.registration_tokens FOR SELECT TO devos_lookup USING (true);


--
-- Name: registration_tokens registration_tokens_select_registering; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY registration_tokens_select_registering ON public.registration_tokens FOR SELECT TO devos_api USING ((id = ( SELECT private.my_registration_token() AS my_registration_token)));


--
-- Name: registration_tokens registration_tokens_select_supervisor; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY registration_tokens_select_supervisor ON public.registration_tokens FOR SELECT TO authenticated, devos_api USING (((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role) AND ((project_ids <@ ( SELECT private.my_project_ids() AS my_project_ids)) OR (created_by = ( SELECT private.my_user_id() AS my_user_id)) OR (( SELECT public.get_my_role() AS get_my_role) = 'admin'::public.app_role))));


--
-- Name: registration_tokens registration_tokens_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY registration_tokens_update_api ON public.registration_tokens FOR UPDATE TO devos_api USING (true);


--
-- Name: registration_tokens registration_tokens_update_deployer; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY registration_tokens_update_deployer ON public.registration_tokens FOR UPDATE TO devos_api USING (( SELECT pg_has_role(SESSION_USER, 'devos_owner'::name, 'member'::text) AS pg_has_role));


--
-- Name: repositories; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.repositories ENABLE ROW LEVEL SECURITY;

--
-- Name: repositories repositories_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY repositories_all_migrator ON public.repositories TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: repositories repositories_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY repositories_insert_api ON public.repositories FOR INSERT TO devos_api WITH CHECK (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: repositories repositories_select_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY repositories_select_jobs ON public.repositories FOR SELECT TO devos_jobs USING (true);


--
-- Name: repositories repositories_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY repositories_select_lookup ON public.repositories FOR SELECT TO devos_lookup USING (true);


--
-- Name: repositories repositories_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY repositories_select_member ON public.repositories FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: schedule_runs; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.schedule_runs ENABLE ROW LEVEL SECURITY;

--
-- Name: schedule_runs schedule_runs_all_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY schedule_runs_all_jobs ON public.schedule_runs TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: schedule_runs schedule_runs_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY schedule_runs_all_migrator ON public.schedule_runs TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: schedule_runs schedule_runs_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY schedule_runs_insert_api ON public.schedule_runs FOR INSERT TO devos_api WITH CHECK (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: schedule_runs schedule_runs_select_holder; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY schedule_runs_select_holder ON public.schedule_runs FOR SELECT TO agent USING ((EXISTS ( SELECT
   FROM public.tasks t
  WHERE (t.id = schedule_runs.task_id))));


--
-- Name: schedule_runs schedule_runs_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY schedule_runs_select_member ON public.schedule_runs FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: schedules; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.schedules ENABLE ROW LEVEL SECURITY;

--
-- Name: schedules schedules_all_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY schedules_all_jobs ON public.schedules TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: schedules schedules_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY schedules_all_migrator ON public.schedules TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: schedules schedules_delete_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY schedules_delete_api ON public.schedules FOR DELETE TO devos_api USING (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: schedules schedules_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY schedules_insert_api ON public.schedules FOR INSERT TO devos_api WITH CHECK (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: schedules schedules_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY schedules_select_member ON public.schedules FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: schedules schedules_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY schedules_update_api ON public.schedules FOR UPDATE TO devos_api USING (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: secrets; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.secrets ENABLE ROW LEVEL SECURITY;

--
-- Name: secrets secrets_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY secrets_all_migrator ON public.secrets TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: secrets secrets_delete_supervisor; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY secrets_delete_supervisor ON public.secrets FOR DELETE TO devos_api USING (((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role) AND ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) OR (team_id = ANY (( SELECT private.my_team_ids() AS my_team_ids)::uuid[])))));


--
-- Name: secrets secrets_insert_supervisor; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY secrets_insert_supervisor ON public.secrets FOR INSERT TO devos_api WITH CHECK (((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role) AND ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) OR (team_id = ANY (( SELECT private.my_team_ids() AS my_team_ids)::uuid[])))));


--
-- Name: secrets secrets_select_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY secrets_select_jobs ON public.secrets FOR SELECT TO devos_jobs USING (true);


--
-- Name: secrets secrets_select_supervisor; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY secrets_select_supervisor ON public.secrets FOR SELECT TO authenticated, devos_api USING (((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role) AND ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) OR (team_id = ANY (( SELECT private.my_team_ids() AS my_team_ids)::uuid[])))));


--
-- Name: secrets secrets_update_supervisor; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY secrets_update_supervisor ON public.secrets FOR UPDATE TO devos_api USING (((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role) AND ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) OR (team_id = ANY (( SELECT private.my_team_ids() AS my_team_ids)::uuid[])))));


--
-- Name: service_charges; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.service_charges ENABLE ROW LEVEL SECURITY;

--
-- Name: service_charges service_charges_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY service_charges_all_migrator ON public.service_charges TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: service_charges service_charges_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY service_charges_insert_api ON public.service_charges FOR INSERT TO devos_api WITH CHECK ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: service_charges service_charges_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY service_charges_select_member ON public.service_charges FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: service_charges service_charges_select_own; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY service_charges_select_own ON public.service_charges FOR SELECT TO agent USING ((agent_id = ( SELECT private.my_agent_id() AS my_agent_id)));


--
-- Name: service_registry; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.service_registry ENABLE ROW LEVEL SECURITY;

--
-- Name: service_registry service_registry_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY service_registry_all_migrator ON public.service_registry TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: service_registry service_registry_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY service_registry_insert_api ON public.service_registry FOR INSERT TO devos_api WITH CHECK (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: service_registry service_registry_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY service_registry_select_member ON public.service_registry FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: service_registry service_registry_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY service_registry_update_api ON public.service_registry FOR UPDATE TO devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: state_transitions; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.state_transitions ENABLE ROW LEVEL SECURITY;

--
-- Name: state_transitions state_transitions_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY state_transitions_all_migrator ON public.state_transitions TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: state_transitions state_transitions_select_everyone; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY state_transitions_select_everyone ON public.state_transitions FOR SELECT TO authenticated, devos_owner, devos_api, devos_lookup, devos_jobs, agent USING (true);


--
-- Name: task_artifacts; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.task_artifacts ENABLE ROW LEVEL SECURITY;

--
-- Name: task_artifacts task_artifacts_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_artifacts_all_migrator ON public.task_artifacts TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: task_artifacts task_artifacts_delete_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_artifacts_delete_api ON public.task_artifacts FOR DELETE TO devos_api USING (((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role) AND (project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[]))));


--
-- Name: task_artifacts task_artifacts_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_artifacts_insert_api ON public.task_artifacts FOR INSERT TO devos_api WITH CHECK ((agent_id = ( SELECT private.my_agent_id() AS my_agent_id)));


--
-- Name: task_artifacts task_artifacts_select_holder; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_artifacts_select_holder ON public.task_artifacts FOR SELECT TO agent USING ((EXISTS ( SELECT
   FROM public.tasks t
  WHERE (t.id = task_artifacts.task_id))));


--
-- Name: task_artifacts task_artifacts_select_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_artifacts_select_jobs ON public.task_artifacts FOR SELECT TO devos_jobs USING (true);


--
-- Name: task_artifacts task_artifacts_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_artifacts_select_member ON public.task_artifacts FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: task_artifacts task_artifacts_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_artifacts_update_api ON public.task_artifacts FOR UPDATE TO devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[]))) WITH CHECK ((agent_id = ( SELECT private.my_agent_id() AS my_agent_id)));


--
-- Name: task_attempts; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.task_attempts ENABLE ROW LEVEL SECURITY;

--
-- Name: task_attempts task_attempts_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_attempts_all_migrator ON public.task_attempts TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: task_attempts task_attempts_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_attempts_insert_api ON public.task_attempts FOR INSERT TO devos_api WITH CHECK ((agent_id = ( SELECT private.my_agent_id() AS my_agent_id)));


--
-- Name: task_attempts task_attempts_insert_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_attempts_insert_jobs ON public.task_attempts FOR INSERT TO devos_jobs WITH CHECK (true);


--
-- Name: task_attempts task_attempts_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_attempts_select_lookup ON public.task_attempts FOR SELECT TO devos_lookup USING (true);


--
-- Name: task_attempts task_attempts_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_attempts_select_member ON public.task_attempts FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: task_attempts task_attempts_select_own; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_attempts_select_own ON public.task_attempts FOR SELECT TO agent USING ((agent_id = ( SELECT private.my_agent_id() AS my_agent_id)));


--
-- Name: task_dependencies; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.task_dependencies ENABLE ROW LEVEL SECURITY;

--
-- Name: task_dependencies task_dependencies_all_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_dependencies_all_jobs ON public.task_dependencies TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: task_dependencies task_dependencies_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_dependencies_all_migrator ON public.task_dependencies TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: task_dependencies task_dependencies_delete_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_dependencies_delete_api ON public.task_dependencies FOR DELETE TO devos_api USING (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: task_dependencies task_dependencies_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_dependencies_insert_api ON public.task_dependencies FOR INSERT TO devos_api WITH CHECK ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: task_dependencies task_dependencies_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_dependencies_select_member ON public.task_dependencies FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: task_dependencies task_dependencies_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_dependencies_update_api ON public.task_dependencies FOR UPDATE TO devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: task_log_counts; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.task_log_counts ENABLE ROW LEVEL SECURITY;

--
-- Name: task_log_counts task_log_counts_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_log_counts_all_migrator ON public.task_log_counts TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: task_log_counts task_log_counts_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_log_counts_insert_api ON public.task_log_counts FOR INSERT TO devos_api WITH CHECK ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: task_log_counts task_log_counts_select_holder; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_log_counts_select_holder ON public.task_log_counts FOR SELECT TO agent USING ((EXISTS ( SELECT
   FROM public.tasks t
  WHERE (t.id = task_log_counts.task_id))));


--
-- Name: task_log_counts task_log_counts_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_log_counts_select_member ON public.task_log_counts FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: task_log_counts task_log_counts_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_log_counts_update_api ON public.task_log_counts FOR UPDATE TO devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: task_logs; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.task_logs ENABLE ROW LEVEL SECURITY;

--
-- Name: task_logs task_logs_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_logs_all_migrator ON public.task_logs TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: task_logs task_logs_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_logs_insert_api ON public.task_logs FOR INSERT TO devos_api WITH CHECK ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: task_logs task_logs_select_holder; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_logs_select_holder ON public.task_logs FOR SELECT TO agent USING ((EXISTS ( SELECT
   FROM public.tasks t
  WHERE (t.id = task_logs.task_id))));


--
-- Name: task_logs task_logs_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_logs_select_member ON public.task_logs FOR SELECT TO authenticated USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: task_steps; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.task_steps ENABLE ROW LEVEL SECURITY;

--
-- Name: task_steps task_steps_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_steps_all_migrator ON public.task_steps TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: task_steps task_steps_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_steps_insert_api ON public.task_steps FOR INSERT TO devos_api WITH CHECK ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: task_steps task_steps_select_holder; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_steps_select_holder ON public.task_steps FOR SELECT TO agent USING ((EXISTS ( SELECT
   FROM public.tasks t
  WHERE (t.id = task_steps.task_id))));


--
-- Name: task_steps task_steps_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY task_steps_select_member ON public.task_steps FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: tasks; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.tasks ENABLE ROW LEVEL SECURITY;

--
-- Name: tasks tasks_all_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY tasks_all_jobs ON public.tasks TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: tasks tasks_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY tasks_all_migrator ON public.tasks TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: tasks tasks_delete_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY tasks_delete_api ON public.tasks FOR DELETE TO devos_api USING (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: tasks tasks_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY tasks_insert_api ON public.tasks FOR INSERT TO devos_api WITH CHECK ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: tasks tasks_select_holder; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY tasks_select_holder ON public.tasks FOR SELECT TO agent USING ((agent_id = ( SELECT private.my_agent_id() AS my_agent_id)));


--
-- Name: tasks tasks_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY tasks_select_lookup ON public.tasks FOR SELECT TO devos_lookup USING (true);


--
-- Name: tasks tasks_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY tasks_select_member ON public.tasks FOR SELECT TO authenticated, devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: tasks tasks_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY tasks_update_api ON public.tasks FOR UPDATE TO devos_api USING ((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])));


--
-- Name: team_members; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.team_members ENABLE ROW LEVEL SECURITY;

--
-- Name: team_members team_members_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY team_members_all_migrator ON public.team_members TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: team_members team_members_delete_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY team_members_delete_api ON public.team_members FOR DELETE TO devos_api USING (((team_id = ANY (( SELECT private.my_team_ids() AS my_team_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: team_members team_members_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY team_members_insert_api ON public.team_members FOR INSERT TO devos_api WITH CHECK ((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role));


--
-- Name: team_members team_members_insert_guest; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY team_members_insert_guest ON public.team_members FOR INSERT TO devos_api WITH CHECK (( SELECT private.is_invited(team_members.user_id, p_team_id => team_members.team_id) AS is_invited));


--
-- Name: team_members team_members_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY team_members_select_lookup ON public.team_members FOR SELECT TO devos_lookup USING (true);


--
-- Name: team_members team_members_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY team_members_select_member ON public.team_members FOR SELECT TO authenticated, devos_api USING ((team_id = ANY (( SELECT private.my_team_ids() AS my_team_ids)::uuid[])));


--
-- Name: teams; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.teams ENABLE ROW LEVEL SECURITY;

--
-- Name: teams teams_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY teams_all_migrator ON public.teams TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: teams teams_delete_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY teams_delete_api ON public.teams FOR DELETE TO devos_api USING (((id = ANY (( SELECT private.my_team_ids() AS my_team_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: teams teams_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY teams_insert_api ON public.teams FOR INSERT TO devos_api WITH CHECK ((( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role));


--
-- Name: teams teams_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY teams_select_lookup ON public.teams FOR SELECT TO devos_lookup USING (true);


--
-- Name: teams teams_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY teams_select_member ON public.teams FOR SELECT TO authenticated, devos_api USING ((id = ANY (( SELECT private.my_team_ids() AS my_team_ids)::uuid[])));


--
-- Name: teams teams_update_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY teams_update_api ON public.teams FOR UPDATE TO devos_api USING (((id = ANY (( SELECT private.my_team_ids() AS my_team_ids)::uuid[])) AND (( SELECT public.get_my_role() AS get_my_role) >= 'supervisor'::public.app_role)));


--
-- Name: user_roles; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.user_roles ENABLE ROW LEVEL SECURITY;

--
-- Name: user_roles user_roles_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY user_roles_all_migrator ON public.user_roles TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: user_roles user_roles_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY user_roles_insert_api ON public.user_roles FOR INSERT TO devos_api WITH CHECK (true);


--
-- Name: user_roles user_roles_select_colleague; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY user_roles_select_colleague ON public.user_roles FOR SELECT TO authenticated, devos_api USING (((( SELECT public.get_my_role() AS get_my_role) = 'admin'::public.app_role) OR (user_id = ANY (( SELECT private.my_people_ids() AS my_people_ids)::uuid[]))));


--
-- Name: user_roles user_roles_select_deployer; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY user_roles_select_deployer ON public.user_roles FOR SELECT TO devos_api USING (( SELECT pg_has_role(SESSION_USER, 'devos_owner'::name, 'member'::text) AS pg_has_role));


--
-- Name: user_roles user_roles_select_guest; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY user_roles_select_guest ON public.user_roles FOR SELECT TO devos_api USING ((user_id = ( SELECT ((private.claims() ->> 'sub'::text))::uuid AS uuid)));


--
-- Name: user_roles user_roles_select_lookup; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY user_roles_select_lookup ON public.user_roles FOR SELECT TO devos_lookup USING (true);


--
-- Name: user_roles user_roles_update_admin; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY user_roles_update_admin ON public.user_roles FOR UPDATE TO devos_api USING ((( SELECT public.get_my_role() AS get_my_role) = 'admin'::public.app_role));


--
-- Name: user_roles user_roles_update_deployer; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY user_roles_update_deployer ON public.user_roles FOR UPDATE TO devos_api USING (( SELECT pg_has_role(SESSION_USER, 'devos_owner'::name, 'member'::text) AS pg_has_role));


--
-- Name: user_roles user_roles_update_guest; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY user_roles_update_guest ON public.user_roles FOR UPDATE TO devos_api USING ((user_id = ( SELECT ((private.claims() ->> 'sub'::text))::uuid AS uuid))) WITH CHECK (( SELECT private.is_invited(user_roles.user_id, user_roles.role) AS is_invited));


--
-- Name: webhook_deliveries; Type: ROW SECURITY; Schema: public; Owner: devos_owner
--

ALTER TABLE public.webhook_deliveries ENABLE ROW LEVEL SECURITY;

--
-- Name: webhook_deliveries webhook_deliveries_all_jobs; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY webhook_deliveries_all_jobs ON public.webhook_deliveries TO devos_jobs USING (true) WITH CHECK (true);


--
-- Name: webhook_deliveries webhook_deliveries_all_migrator; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY webhook_deliveries_all_migrator ON public.webhook_deliveries TO devos_migrator USING (true) WITH CHECK (true);


--
-- Name: webhook_deliveries webhook_deliveries_insert_api; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY webhook_deliveries_insert_api ON public.webhook_deliveries FOR INSERT TO devos_api WITH CHECK (((( SELECT (private.claims() ->> 'role'::text)) = 'integration'::text) AND (( SELECT (private.claims() ->> 'project_id'::text)) IS NULL) AND (( SELECT (private.claims() ->> 'token_id'::text)) IS NULL)));


--
-- Name: webhook_deliveries webhook_deliveries_select_member; Type: POLICY; Schema: public; Owner: devos_owner
--

CREATE POLICY webhook_deliveries_select_member ON public.webhook_deliveries FOR SELECT TO authenticated USING (((project_id = ANY (( SELECT private.my_project_ids() AS my_project_ids)::uuid[])) OR ((project_id IS NULL) AND (( SELECT public.get_my_role() AS get_my_role) = 'admin'::public.app_role))));


--
-- Name: SCHEMA auth; Type: ACL; Schema: -; Owner: postgres
--

GRANT USAGE ON SCHEMA auth TO anon;
GRANT USAGE ON SCHEMA auth TO authenticated;
GRANT USAGE ON SCHEMA auth TO service_role;
GRANT USAGE ON SCHEMA auth TO devos_owner;
GRANT USAGE ON SCHEMA auth TO devos_api;
GRANT USAGE ON SCHEMA auth TO devos_lookup;
GRANT USAGE ON SCHEMA auth TO devos_migrator;


--
-- Name: SCHEMA extensions; Type: ACL; Schema: -; Owner: postgres
--

GRANT USAGE ON SCHEMA extensions TO anon;
GRANT USAGE ON SCHEMA extensions TO authenticated;
GRANT USAGE ON SCHEMA extensions TO service_role;


--
-- Name: SCHEMA private; Type: ACL; Schema: -; Owner: devos_owner
--

GRANT ALL ON SCHEMA private TO devos_api;
GRANT ALL ON SCHEMA private TO devos_lookup;
GRANT ALL ON SCHEMA private TO devos_journal;
GRANT ALL ON SCHEMA private TO devos_jobs;
GRANT USAGE ON SCHEMA private TO devos_migrator;
GRANT USAGE ON SCHEMA private TO devos_login;
GRANT USAGE ON SCHEMA private TO devos_worker;


--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: pg_database_owner
--

GRANT USAGE ON SCHEMA public TO anon;
GRANT USAGE ON SCHEMA public TO authenticated;
GRANT USAGE ON SCHEMA public TO agent;
GRANT USAGE ON SCHEMA public TO integration;
GRANT ALL ON SCHEMA public TO devos_owner;
GRANT ALL ON SCHEMA public TO devos_api;
GRANT ALL ON SCHEMA public TO devos_lookup;
GRANT USAGE ON SCHEMA public TO devos_journal;
GRANT ALL ON SCHEMA public TO devos_jobs;
GRANT USAGE ON SCHEMA public TO devos_migrator;
GRANT USAGE ON SCHEMA public TO devos_worker;


--
-- Name: FUNCTION actor(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.actor() FROM PUBLIC;
GRANT ALL ON FUNCTION private.actor() TO devos_journal;
GRANT ALL ON FUNCTION private.actor() TO devos_jobs;


--
-- Name: FUNCTION add_agent(p_name text, p_project_ids uuid[], p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea, p_registration_token_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.add_agent(p_name text, p_project_ids uuid[], p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea, p_registration_token_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION add_dependencies(p_edges jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.add_dependencies(p_edges jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.add_dependencies(p_edges jsonb) TO devos_jobs;


--
-- Name: FUNCTION age_tasks(); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.age_tasks() FROM PUBLIC;
GRANT ALL ON FUNCTION private.age_tasks() TO devos_worker;


--
-- Name: FUNCTION agent_project_ids(p_agent_id uuid); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.agent_project_ids(p_agent_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.agent_project_ids(p_agent_id uuid) TO devos_api;


--
-- Name: FUNCTION allowances(p_action text, p_email text, p_address inet); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.allowances(p_action text, p_email text, p_address inet) FROM PUBLIC;


--
-- Name: FUNCTION answer_finished(p_items jsonb, p_results json, p_numbers bigint[]); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.answer_finished(p_items jsonb, p_results json, p_numbers bigint[]) FROM PUBLIC;


--
-- Name: FUNCTION audit(p_action text, p_project_id uuid, p_subject_id uuid, p_data jsonb); Type: ACL; Schema: private; Owner: devos_journal
--

REVOKE ALL ON FUNCTION private.audit(p_action text, p_project_id uuid, p_subject_id uuid, p_data jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.audit(p_action text, p_project_id uuid, p_subject_id uuid, p_data jsonb) TO devos_api;
GRANT ALL ON FUNCTION private.audit(p_action text, p_project_id uuid, p_subject_id uuid, p_data jsonb) TO devos_jobs;


--
-- Name: FUNCTION authenticate_agent(p_key_id text, p_key_hash bytea); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.authenticate_agent(p_key_id text, p_key_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION private.authenticate_agent(p_key_id text, p_key_hash bytea) TO devos_login;
GRANT ALL ON FUNCTION private.authenticate_agent(p_key_id text, p_key_hash bytea) TO devos_api;


--
-- Name: FUNCTION authenticate_api_token(p_key_id text, p_key_hash bytea); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.authenticate_api_token(p_key_id text, p_key_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION private.authenticate_api_token(p_key_id text, p_key_hash bytea) TO devos_login;


--
-- Name: FUNCTION authenticate_project_token(p_key_id text, p_key_hash bytea); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.authenticate_project_token(p_key_id text, p_key_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION private.authenticate_project_token(p_key_id text, p_key_hash bytea) TO devos_login;


--
-- Name: FUNCTION authenticate_registration_token(p_key_id text, p_key_hash bytea); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.authenticate_registration_token(p_key_id text, p_key_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION private.authenticate_registration_token(p_key_id text, p_key_hash bytea) TO devos_login;


--
-- Name: FUNCTION authenticate_session(p_user_id uuid, p_session_id uuid); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.authenticate_session(p_user_id uuid, p_session_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.authenticate_session(p_user_id uuid, p_session_id uuid) TO devos_login;


--
-- Name: FUNCTION back_off(p_retry_count integer, p_base_seconds integer, p_cap_seconds integer, p_asked_seconds integer); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.back_off(p_retry_count integer, p_base_seconds integer, p_cap_seconds integer, p_asked_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.back_off(p_retry_count integer, p_base_seconds integer, p_cap_seconds integer, p_asked_seconds integer) TO devos_jobs;


--
-- Name: FUNCTION begin_auth_flow(p_provider text, p_state_hash bytea, p_redirect_to text, p_code_challenge text); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.begin_auth_flow(p_provider text, p_state_hash bytea, p_redirect_to text, p_code_challenge text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.begin_auth_flow(p_provider text, p_state_hash bytea, p_redirect_to text, p_code_challenge text) TO devos_login;


--
-- Name: TABLE service_registry; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.service_registry TO authenticated;
GRANT SELECT,INSERT,UPDATE ON TABLE public.service_registry TO devos_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_registry TO devos_migrator;


--
-- Name: TABLE tasks; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tasks TO devos_migrator;
GRANT SELECT ON TABLE public.tasks TO authenticated;
GRANT SELECT ON TABLE public.tasks TO agent;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tasks TO devos_api;
GRANT SELECT ON TABLE public.tasks TO devos_lookup;
GRANT SELECT,INSERT,UPDATE ON TABLE public.tasks TO devos_jobs;


--
-- Name: FUNCTION book_charge(p_asked public.service_registry, p_service public.service_registry, p_task public.tasks, p_amount numeric, p_key text, p_note text, p_suspended boolean); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.book_charge(p_asked public.service_registry, p_service public.service_registry, p_task public.tasks, p_amount numeric, p_key text, p_note text, p_suspended boolean) FROM PUBLIC;


--
-- Name: FUNCTION broker_lanes(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.broker_lanes() FROM PUBLIC;
GRANT ALL ON FUNCTION private.broker_lanes() TO devos_jobs;


--
-- Name: TABLE kinds; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.kinds TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.kinds TO devos_api;
GRANT SELECT ON TABLE public.kinds TO devos_lookup;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.kinds TO devos_migrator;


--
-- Name: FUNCTION builtin_kinds(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.builtin_kinds() FROM PUBLIC;
GRANT ALL ON FUNCTION private.builtin_kinds() TO devos_lookup;


--
-- Name: FUNCTION cancel(p_ids uuid[], p_reason text); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.cancel(p_ids uuid[], p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.cancel(p_ids uuid[], p_reason text) TO devos_jobs;


--
-- Name: FUNCTION claim_for(p_agent_id uuid, p_kinds text[], p_limit integer, p_lease_seconds integer); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.claim_for(p_agent_id uuid, p_kinds text[], p_limit integer, p_lease_seconds integer) FROM PUBLIC;


--
-- Name: FUNCTION claims(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.claims() FROM PUBLIC;
GRANT ALL ON FUNCTION private.claims() TO authenticated;
GRANT ALL ON FUNCTION private.claims() TO agent;
GRANT ALL ON FUNCTION private.claims() TO integration;
GRANT ALL ON FUNCTION private.claims() TO devos_lookup;
GRANT ALL ON FUNCTION private.claims() TO devos_journal;
GRANT ALL ON FUNCTION private.claims() TO devos_jobs;


--
-- Name: FUNCTION count_attempts(p_project_ids uuid[]); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.count_attempts(p_project_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.count_attempts(p_project_ids uuid[]) TO devos_api;


--
-- Name: FUNCTION count_creations(p_project_ids uuid[], p_items jsonb, p_take boolean); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.count_creations(p_project_ids uuid[], p_items jsonb, p_take boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION private.count_creations(p_project_ids uuid[], p_items jsonb, p_take boolean) TO devos_api;


--
-- Name: FUNCTION count_down(p_ids uuid[], p_numbers integer[]); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.count_down(p_ids uuid[], p_numbers integer[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.count_down(p_ids uuid[], p_numbers integer[]) TO devos_jobs;


--
-- Name: FUNCTION count_queue(p_project_ids uuid[]); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.count_queue(p_project_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.count_queue(p_project_ids uuid[]) TO devos_api;


--
-- Name: TABLE limits; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.limits TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.limits TO devos_api;
GRANT SELECT ON TABLE public.limits TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.limits TO devos_migrator;


--
-- Name: FUNCTION count_running(p_limit public.limits, p_key text, p_most integer); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.count_running(p_limit public.limits, p_key text, p_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.count_running(p_limit public.limits, p_key text, p_most integer) TO devos_api;


--
-- Name: FUNCTION count_tasks(p_project_ids uuid[], p_most integer); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.count_tasks(p_project_ids uuid[], p_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.count_tasks(p_project_ids uuid[], p_most integer) TO devos_api;


--
-- Name: FUNCTION create_admin(p_email text, p_encrypted_password text); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.create_admin(p_email text, p_encrypted_password text) FROM PUBLIC;


--
-- Name: FUNCTION create_invited(p_email text, p_provider text, p_profile jsonb, p_open boolean); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.create_invited(p_email text, p_provider text, p_profile jsonb, p_open boolean) FROM PUBLIC;


--
-- Name: FUNCTION create_tasks_once(p_claims text, p_caller text, p_route text, p_key text, p_body_digest bytea, p_items jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.create_tasks_once(p_claims text, p_caller text, p_route text, p_key text, p_body_digest bytea, p_items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.create_tasks_once(p_claims text, p_caller text, p_route text, p_key text, p_body_digest bytea, p_items jsonb) TO devos_login;


--
-- Name: FUNCTION describe_session(p_session_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.describe_session(p_session_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION describe_user(p_user_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.describe_user(p_user_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION due_schedules(p_limit integer); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.due_schedules(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.due_schedules(p_limit integer) TO devos_worker;


--
-- Name: FUNCTION due_topics(p_topics text[]); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.due_topics(p_topics text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.due_topics(p_topics text[]) TO devos_worker;


--
-- Name: FUNCTION emit(p_type text, p_project_id uuid, p_subject_id uuid, p_data jsonb); Type: ACL; Schema: private; Owner: devos_journal
--

REVOKE ALL ON FUNCTION private.emit(p_type text, p_project_id uuid, p_subject_id uuid, p_data jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.emit(p_type text, p_project_id uuid, p_subject_id uuid, p_data jsonb) TO devos_api;
GRANT ALL ON FUNCTION private.emit(p_type text, p_project_id uuid, p_subject_id uuid, p_data jsonb) TO devos_jobs;


--
-- Name: FUNCTION emit_each(p_types text[], p_project_ids uuid[], p_subject_ids uuid[], p_data jsonb[]); Type: ACL; Schema: private; Owner: devos_journal
--

REVOKE ALL ON FUNCTION private.emit_each(p_types text[], p_project_ids uuid[], p_subject_ids uuid[], p_data jsonb[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.emit_each(p_types text[], p_project_ids uuid[], p_subject_ids uuid[], p_data jsonb[]) TO devos_api;
GRANT ALL ON FUNCTION private.emit_each(p_types text[], p_project_ids uuid[], p_subject_ids uuid[], p_data jsonb[]) TO devos_jobs;


--
-- Name: FUNCTION end_cancelled_leases(); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.end_cancelled_leases() FROM PUBLIC;
GRANT ALL ON FUNCTION private.end_cancelled_leases() TO devos_worker;


--
-- Name: FUNCTION end_leases(p_agent_id uuid, p_project_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.end_leases(p_agent_id uuid, p_project_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION enqueue(p_topic text, p_payloads jsonb[]); Type: ACL; Schema: private; Owner: devos_journal
--

REVOKE ALL ON FUNCTION private.enqueue(p_topic text, p_payloads jsonb[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.enqueue(p_topic text, p_payloads jsonb[]) TO devos_api;
GRANT ALL ON FUNCTION private.enqueue(p_topic text, p_payloads jsonb[]) TO devos_jobs;


--
-- Name: FUNCTION ensure_admin(p_email text, p_encrypted_password text); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.ensure_admin(p_email text, p_encrypted_password text) FROM PUBLIC;


--
-- Name: FUNCTION ensure_lanes(p_items jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.ensure_lanes(p_items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.ensure_lanes(p_items jsonb) TO devos_jobs;


--
-- Name: FUNCTION enter_by_identity(p_provider text, p_provider_id text, p_email text, p_profile jsonb, p_open boolean); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.enter_by_identity(p_provider text, p_provider_id text, p_email text, p_profile jsonb, p_open boolean) FROM PUBLIC;


--
-- Name: FUNCTION enter_rooms(p_rooms text[]); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.enter_rooms(p_rooms text[]) FROM PUBLIC;


--
-- Name: FUNCTION examine_queue(); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.examine_queue() FROM PUBLIC;
GRANT ALL ON FUNCTION private.examine_queue() TO devos_api;


--
-- Name: FUNCTION fail(p_status integer, p_code text, p_message text, p_hint text); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.fail(p_status integer, p_code text, p_message text, p_hint text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.fail(p_status integer, p_code text, p_message text, p_hint text) TO devos_jobs;
GRANT ALL ON FUNCTION private.fail(p_status integer, p_code text, p_message text, p_hint text) TO devos_journal;
GRANT ALL ON FUNCTION private.fail(p_status integer, p_code text, p_message text, p_hint text) TO devos_lookup;


--
-- Name: FUNCTION failed_dependents(p_ids uuid[]); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.failed_dependents(p_ids uuid[]) FROM PUBLIC;


--
-- Name: FUNCTION feed_position(); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.feed_position() FROM PUBLIC;
GRANT ALL ON FUNCTION private.feed_position() TO devos_login;


--
-- Name: TABLE pull_request_feedback; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.pull_request_feedback TO authenticated;
GRANT SELECT,INSERT ON TABLE public.pull_request_feedback TO devos_api;
GRANT SELECT,UPDATE ON TABLE public.pull_request_feedback TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pull_request_feedback TO devos_migrator;


--
-- Name: FUNCTION feedback_answer(p_feedback public.pull_request_feedback); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.feedback_answer(p_feedback public.pull_request_feedback) FROM PUBLIC;


--
-- Name: TABLE invitations; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.invitations TO authenticated;
GRANT SELECT ON TABLE public.invitations TO devos_lookup;
GRANT SELECT,INSERT,UPDATE ON TABLE public.invitations TO devos_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invitations TO devos_migrator;


--
-- Name: FUNCTION find_invitation(p_token_id text, p_token_hash bytea); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.find_invitation(p_token_id text, p_token_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION private.find_invitation(p_token_id text, p_token_hash bytea) TO devos_api;


--
-- Name: FUNCTION find_login(p_email text); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.find_login(p_email text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.find_login(p_email text) TO devos_login;


--
-- Name: FUNCTION find_people(p_ids uuid[], p_limit integer, p_after uuid); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.find_people(p_ids uuid[], p_limit integer, p_after uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.find_people(p_ids uuid[], p_limit integer, p_after uuid) TO devos_api;


--
-- Name: TABLE repositories; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.repositories TO authenticated;
GRANT SELECT,INSERT ON TABLE public.repositories TO devos_api;
GRANT SELECT ON TABLE public.repositories TO devos_lookup;
GRANT SELECT ON TABLE public.repositories TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.repositories TO devos_migrator;


--
-- Name: FUNCTION find_repository(p_forge text, p_external_id text); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.find_repository(p_forge text, p_external_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.find_repository(p_forge text, p_external_id text) TO devos_api;


--
-- Name: FUNCTION finish_as(p_action text, p_items jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.finish_as(p_action text, p_items jsonb) FROM PUBLIC;


--
-- Name: FUNCTION finish_auth_flow(p_code_hash bytea, p_provider_id text, p_email text, p_profile jsonb, p_open boolean); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.finish_auth_flow(p_code_hash bytea, p_provider_id text, p_email text, p_profile jsonb, p_open boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION private.finish_auth_flow(p_code_hash bytea, p_provider_id text, p_email text, p_profile jsonb, p_open boolean) TO devos_login;


--
-- Name: FUNCTION finish_delivery(p_id uuid, p_state text, p_reason text, p_task jsonb); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.finish_delivery(p_id uuid, p_state text, p_reason text, p_task jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.finish_delivery(p_id uuid, p_state text, p_reason text, p_task jsonb) TO devos_worker;


--
-- Name: FUNCTION finish_feedback(p_id uuid, p_state text, p_external_id text, p_error text); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.finish_feedback(p_id uuid, p_state text, p_external_id text, p_error text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.finish_feedback(p_id uuid, p_state text, p_external_id text, p_error text) TO devos_worker;


--
-- Name: FUNCTION finish_outbox(p_id bigint); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.finish_outbox(p_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION private.finish_outbox(p_id bigint) TO devos_worker;


--
-- Name: FUNCTION finish_tasks(p_agent_id uuid, p_items jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.finish_tasks(p_agent_id uuid, p_items jsonb) FROM PUBLIC;


--
-- Name: FUNCTION fire_schedule(p_id uuid, p_version integer, p_seen timestamp with time zone, p_scheduled_for timestamp with time zone, p_next timestamp with time zone, p_refused text); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.fire_schedule(p_id uuid, p_version integer, p_seen timestamp with time zone, p_scheduled_for timestamp with time zone, p_next timestamp with time zone, p_refused text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.fire_schedule(p_id uuid, p_version integer, p_seen timestamp with time zone, p_scheduled_for timestamp with time zone, p_next timestamp with time zone, p_refused text) TO devos_worker;


--
-- Name: FUNCTION first_id_at(p_at timestamp with time zone); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.first_id_at(p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION private.first_id_at(p_at timestamp with time zone) TO devos_lookup;
GRANT ALL ON FUNCTION private.first_id_at(p_at timestamp with time zone) TO devos_jobs;


--
-- Name: FUNCTION forget_blobs(p_ids uuid[]); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.forget_blobs(p_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.forget_blobs(p_ids uuid[]) TO devos_worker;


--
-- Name: FUNCTION forget_broker_user(p_agent_key_id text); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.forget_broker_user(p_agent_key_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.forget_broker_user(p_agent_key_id text) TO devos_worker;


--
-- Name: FUNCTION free_dependents(p_ids uuid[]); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.free_dependents(p_ids uuid[]) FROM PUBLIC;


--
-- Name: FUNCTION grant_role(p_email text, p_role public.app_role); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.grant_role(p_email text, p_role public.app_role) FROM PUBLIC;


--
-- Name: FUNCTION guard_transitions(p_table regclass, p_machine text); Type: ACL; Schema: private; Owner: devos_owner
--

REVOKE ALL ON FUNCTION private.guard_transitions(p_table regclass, p_machine text) FROM PUBLIC;


--
-- Name: FUNCTION handle_new_user(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.handle_new_user() FROM PUBLIC;


--
-- Name: FUNCTION has_confirmed_email(p_user_id uuid); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.has_confirmed_email(p_user_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.has_confirmed_email(p_user_id uuid) TO devos_api;


--
-- Name: TABLE lanes; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.lanes TO authenticated;
GRANT SELECT,INSERT,UPDATE ON TABLE public.lanes TO devos_api;
GRANT SELECT ON TABLE public.lanes TO devos_lookup;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.lanes TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.lanes TO devos_migrator;


--
-- Name: FUNCTION has_open_tasks(p_lane public.lanes); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.has_open_tasks(p_lane public.lanes) FROM PUBLIC;
GRANT ALL ON FUNCTION private.has_open_tasks(p_lane public.lanes) TO devos_jobs;


--
-- Name: FUNCTION head_of(p_heads jsonb, p_name text); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.head_of(p_heads jsonb, p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.head_of(p_heads jsonb, p_name text) TO devos_jobs;


--
-- Name: FUNCTION held_kinds(p_key_id text, p_key_hash bytea, p_task_ids uuid[]); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.held_kinds(p_key_id text, p_key_hash bytea, p_task_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.held_kinds(p_key_id text, p_key_hash bytea, p_task_ids uuid[]) TO devos_login;


--
-- Name: FUNCTION hold_lease(p_task_id uuid, p_lease_token bigint); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.hold_lease(p_task_id uuid, p_lease_token bigint) FROM PUBLIC;


--
-- Name: FUNCTION id_at(p_us bigint, p_random uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.id_at(p_us bigint, p_random uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.id_at(p_us bigint, p_random uuid) TO devos_jobs;


--
-- Name: FUNCTION index_tasks(p_limit integer); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.index_tasks(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.index_tasks(p_limit integer) TO devos_worker;


--
-- Name: FUNCTION insert_successor(p_project_id uuid, p_item jsonb); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.insert_successor(p_project_id uuid, p_item jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.insert_successor(p_project_id uuid, p_item jsonb) TO devos_api;


--
-- Name: FUNCTION insert_tasks(p_items jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.insert_tasks(p_items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.insert_tasks(p_items jsonb) TO devos_jobs;


--
-- Name: FUNCTION is_active_user(p_user_id uuid); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.is_active_user(p_user_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.is_active_user(p_user_id uuid) TO devos_api;


--
-- Name: FUNCTION is_invited(p_user_id uuid, p_role public.app_role, p_team_id uuid, p_project_id uuid); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.is_invited(p_user_id uuid, p_role public.app_role, p_team_id uuid, p_project_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.is_invited(p_user_id uuid, p_role public.app_role, p_team_id uuid, p_project_id uuid) TO devos_api;


--
-- Name: FUNCTION is_unclaimed(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.is_unclaimed() FROM PUBLIC;


--
-- Name: FUNCTION keep_blob(); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.keep_blob() FROM PUBLIC;
GRANT ALL ON FUNCTION private.keep_blob() TO devos_owner;


--
-- Name: FUNCTION keep_broker_user(p_agent_key_id text, p_key_id text, p_sealed bytea, p_replace boolean); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.keep_broker_user(p_agent_key_id text, p_key_id text, p_sealed bytea, p_replace boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION private.keep_broker_user(p_agent_key_id text, p_key_id text, p_sealed bytea, p_replace boolean) TO devos_login;


--
-- Name: FUNCTION keep_log_partitions(p_days integer); Type: ACL; Schema: private; Owner: devos_owner
--

REVOKE ALL ON FUNCTION private.keep_log_partitions(p_days integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.keep_log_partitions(p_days integer) TO devos_worker;


--
-- Name: FUNCTION keep_secret_value(p_secret_id uuid, p_key_id text, p_sealed bytea); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.keep_secret_value(p_secret_id uuid, p_key_id text, p_sealed bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION private.keep_secret_value(p_secret_id uuid, p_key_id text, p_sealed bytea) TO devos_api;


--
-- Name: FUNCTION keys_to_wake(p_waiting jsonb); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.keys_to_wake(p_waiting jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.keys_to_wake(p_waiting jsonb) TO devos_login;


--
-- Name: FUNCTION kind_schemas(p_kinds jsonb); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.kind_schemas(p_kinds jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.kind_schemas(p_kinds jsonb) TO devos_login;
GRANT ALL ON FUNCTION private.kind_schemas(p_kinds jsonb) TO devos_worker;


--
-- Name: FUNCTION kinds_in(p_project_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.kinds_in(p_project_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.kinds_in(p_project_id uuid) TO devos_jobs;


--
-- Name: FUNCTION kinds_of(p_project_id uuid, p_name text); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.kinds_of(p_project_id uuid, p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.kinds_of(p_project_id uuid, p_name text) TO devos_lookup;


--
-- Name: FUNCTION known_charge(p_task public.tasks, p_key text, p_service_id uuid, p_amount numeric); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.known_charge(p_task public.tasks, p_key text, p_service_id uuid, p_amount numeric) FROM PUBLIC;


--
-- Name: FUNCTION known_edges(p_edges jsonb, p_items jsonb, p_ids uuid[]); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.known_edges(p_edges jsonb, p_items jsonb, p_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.known_edges(p_edges jsonb, p_items jsonb, p_ids uuid[]) TO devos_jobs;


--
-- Name: FUNCTION knows_cursor(p_xid xid8, p_id bigint); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.knows_cursor(p_xid xid8, p_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION private.knows_cursor(p_xid xid8, p_id bigint) TO devos_login;


--
-- Name: FUNCTION lease_end(p_seconds integer, p_started_at timestamp with time zone, p_timeout_seconds integer); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.lease_end(p_seconds integer, p_started_at timestamp with time zone, p_timeout_seconds integer) FROM PUBLIC;


--
-- Name: FUNCTION list_broker_users(p_all boolean); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.list_broker_users(p_all boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION private.list_broker_users(p_all boolean) TO devos_worker;


--
-- Name: FUNCTION list_hints(p_kinds text[], p_waiting_seconds integer, p_later_seconds integer, p_limit integer); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.list_hints(p_kinds text[], p_waiting_seconds integer, p_later_seconds integer, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.list_hints(p_kinds text[], p_waiting_seconds integer, p_later_seconds integer, p_limit integer) TO devos_worker;


--
-- Name: FUNCTION list_orphan_blobs(p_limit integer); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.list_orphan_blobs(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.list_orphan_blobs(p_limit integer) TO devos_worker;


--
-- Name: FUNCTION list_sealed(p_key_id text, p_after uuid, p_limit integer); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.list_sealed(p_key_id text, p_after uuid, p_limit integer) FROM PUBLIC;


--
-- Name: FUNCTION lock_admins(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.lock_admins() FROM PUBLIC;


--
-- Name: FUNCTION lock_lanes(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.lock_lanes() FROM PUBLIC;
GRANT ALL ON FUNCTION private.lock_lanes() TO devos_jobs;


--
-- Name: FUNCTION mark_active(p_user_id uuid, p_is_active boolean); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.mark_active(p_user_id uuid, p_is_active boolean) FROM PUBLIC;


--
-- Name: FUNCTION mark_lanes(p_project_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.mark_lanes(p_project_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION match_lanes(p_agent_id uuid, p_lane_ids bigint[]); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.match_lanes(p_agent_id uuid, p_lane_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.match_lanes(p_agent_id uuid, p_lane_ids bigint[]) TO devos_jobs;


--
-- Name: FUNCTION may_invite(p_user_id uuid, p_role public.app_role, p_team_id uuid, p_project_id uuid); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.may_invite(p_user_id uuid, p_role public.app_role, p_team_id uuid, p_project_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.may_invite(p_user_id uuid, p_role public.app_role, p_team_id uuid, p_project_id uuid) TO devos_api;


--
-- Name: FUNCTION merge_metadata(p_old jsonb, p_new jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.merge_metadata(p_old jsonb, p_new jsonb) FROM PUBLIC;


--
-- Name: FUNCTION my_agent_id(); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.my_agent_id() FROM PUBLIC;
GRANT ALL ON FUNCTION private.my_agent_id() TO authenticated;
GRANT ALL ON FUNCTION private.my_agent_id() TO agent;
GRANT ALL ON FUNCTION private.my_agent_id() TO integration;
GRANT ALL ON FUNCTION private.my_agent_id() TO devos_api;
GRANT ALL ON FUNCTION private.my_agent_id() TO devos_journal;
GRANT ALL ON FUNCTION private.my_agent_id() TO devos_jobs;


--
-- Name: FUNCTION my_email(); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.my_email() FROM PUBLIC;
GRANT ALL ON FUNCTION private.my_email() TO devos_api;


--
-- Name: FUNCTION my_people_ids(); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.my_people_ids() FROM PUBLIC;
GRANT ALL ON FUNCTION private.my_people_ids() TO authenticated;
GRANT ALL ON FUNCTION private.my_people_ids() TO devos_api;


--
-- Name: FUNCTION my_project_ids(); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.my_project_ids() FROM PUBLIC;
GRANT ALL ON FUNCTION private.my_project_ids() TO authenticated;
GRANT ALL ON FUNCTION private.my_project_ids() TO agent;
GRANT ALL ON FUNCTION private.my_project_ids() TO integration;
GRANT ALL ON FUNCTION private.my_project_ids() TO devos_api;


--
-- Name: FUNCTION my_registration_projects(); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.my_registration_projects() FROM PUBLIC;
GRANT ALL ON FUNCTION private.my_registration_projects() TO devos_api;


--
-- Name: FUNCTION my_registration_token(); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.my_registration_token() FROM PUBLIC;
GRANT ALL ON FUNCTION private.my_registration_token() TO devos_api;


--
-- Name: FUNCTION my_team_ids(); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.my_team_ids() FROM PUBLIC;
GRANT ALL ON FUNCTION private.my_team_ids() TO authenticated;
GRANT ALL ON FUNCTION private.my_team_ids() TO devos_api;


--
-- Name: FUNCTION my_user_id(); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.my_user_id() FROM PUBLIC;
GRANT ALL ON FUNCTION private.my_user_id() TO authenticated;
GRANT ALL ON FUNCTION private.my_user_id() TO agent;
GRANT ALL ON FUNCTION private.my_user_id() TO integration;
GRANT ALL ON FUNCTION private.my_user_id() TO devos_api;
GRANT ALL ON FUNCTION private.my_user_id() TO devos_journal;
GRANT ALL ON FUNCTION private.my_user_id() TO devos_jobs;


--
-- Name: FUNCTION new_edges(p_items jsonb, p_ids uuid[]); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.new_edges(p_items jsonb, p_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.new_edges(p_items jsonb, p_ids uuid[]) TO devos_jobs;


--
-- Name: FUNCTION new_id(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.new_id() FROM PUBLIC;
GRANT ALL ON FUNCTION private.new_id() TO devos_jobs;


--
-- Name: FUNCTION new_ids(p_number integer); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.new_ids(p_number integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.new_ids(p_number integer) TO devos_jobs;


--
-- Name: FUNCTION normal_capabilities(p_capabilities text[]); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.normal_capabilities(p_capabilities text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.normal_capabilities(p_capabilities text[]) TO devos_jobs;


--
-- Name: FUNCTION normal_email(p_email text); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.normal_email(p_email text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.normal_email(p_email text) TO devos_lookup;
GRANT ALL ON FUNCTION private.normal_email(p_email text) TO devos_jobs;


--
-- Name: FUNCTION note_agent(p_action text, p_event text, p_agent_id uuid, p_data jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.note_agent(p_action text, p_event text, p_agent_id uuid, p_data jsonb) FROM PUBLIC;


--
-- Name: FUNCTION note_broker_user(p_agent_key_id text, p_sealed bytea, p_lanes bigint[]); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.note_broker_user(p_agent_key_id text, p_sealed bytea, p_lanes bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.note_broker_user(p_agent_key_id text, p_sealed bytea, p_lanes bigint[]) TO devos_worker;


--
-- Name: FUNCTION note_heads(p_took interval, p_heads jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.note_heads(p_took interval, p_heads jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.note_heads(p_took interval, p_heads jsonb) TO devos_jobs;


--
-- Name: FUNCTION note_lane_heads(p_agent_id uuid, p_kinds text[], p_claimed uuid[], p_limit integer, p_took interval); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.note_lane_heads(p_agent_id uuid, p_kinds text[], p_claimed uuid[], p_limit integer, p_took interval) FROM PUBLIC;


--
-- Name: FUNCTION note_limit(p_action text, p_done text, p_limit public.limits); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.note_limit(p_action text, p_done text, p_limit public.limits) FROM PUBLIC;


--
-- Name: TABLE schedule_runs; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.schedule_runs TO devos_migrator;
GRANT SELECT ON TABLE public.schedule_runs TO authenticated;
GRANT SELECT ON TABLE public.schedule_runs TO agent;
GRANT SELECT,INSERT ON TABLE public.schedule_runs TO devos_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.schedule_runs TO devos_jobs;


--
-- Name: TABLE schedules; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.schedules TO devos_migrator;
GRANT SELECT ON TABLE public.schedules TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.schedules TO devos_api;
GRANT SELECT,UPDATE ON TABLE public.schedules TO devos_jobs;


--
-- Name: FUNCTION note_schedule_run(p_schedule public.schedules, p_scheduled_for timestamp with time zone, p_outcome text, p_task_id uuid, p_reason text, p_missed_until timestamp with time zone, p_is_manual boolean); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.note_schedule_run(p_schedule public.schedules, p_scheduled_for timestamp with time zone, p_outcome text, p_task_id uuid, p_reason text, p_missed_until timestamp with time zone, p_is_manual boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION private.note_schedule_run(p_schedule public.schedules, p_scheduled_for timestamp with time zone, p_outcome text, p_task_id uuid, p_reason text, p_missed_until timestamp with time zone, p_is_manual boolean) TO devos_jobs;


--
-- Name: FUNCTION note_served(p_served uuid[], p_projects uuid[]); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.note_served(p_served uuid[], p_projects uuid[]) FROM PUBLIC;


--
-- Name: FUNCTION note_starts(p_taken jsonb); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.note_starts(p_taken jsonb) FROM PUBLIC;


--
-- Name: FUNCTION oldest_transaction(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.oldest_transaction() FROM PUBLIC;


--
-- Name: FUNCTION open_invitations(p_email text); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.open_invitations(p_email text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.open_invitations(p_email text) TO devos_api;


--
-- Name: FUNCTION open_secret(p_project_id uuid, p_kind text, p_name text, p_purpose text); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.open_secret(p_project_id uuid, p_kind text, p_name text, p_purpose text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.open_secret(p_project_id uuid, p_kind text, p_name text, p_purpose text) TO devos_worker;


--
-- Name: FUNCTION open_session(p_user_id uuid, p_refresh_token text, p_user_agent text, p_ip inet, p_encrypted_password text); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.open_session(p_user_id uuid, p_refresh_token text, p_user_agent text, p_ip inet, p_encrypted_password text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.open_session(p_user_id uuid, p_refresh_token text, p_user_agent text, p_ip inet, p_encrypted_password text) TO devos_login;


--
-- Name: FUNCTION open_tasks_of(p_schedule_id uuid); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.open_tasks_of(p_schedule_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION owes_outputs(p_key_id text, p_key_hash bytea); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.owes_outputs(p_key_id text, p_key_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION private.owes_outputs(p_key_id text, p_key_hash bytea) TO devos_login;


--
-- Name: FUNCTION pick_limited(p_agent_id uuid, p_kinds text[], p_limit integer, p_served uuid[], p_seed bigint); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.pick_limited(p_agent_id uuid, p_kinds text[], p_limit integer, p_served uuid[], p_seed bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION private.pick_limited(p_agent_id uuid, p_kinds text[], p_limit integer, p_served uuid[], p_seed bigint) TO devos_api;


--
-- Name: FUNCTION priority_name(p_priority smallint); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.priority_name(p_priority smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION private.priority_name(p_priority smallint) TO devos_jobs;


--
-- Name: FUNCTION project_ids_of(p_user_id uuid); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.project_ids_of(p_user_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION prune_auth(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.prune_auth() FROM PUBLIC;
GRANT ALL ON FUNCTION private.prune_auth() TO devos_worker;


--
-- Name: FUNCTION prune_idempotency_keys(); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.prune_idempotency_keys() FROM PUBLIC;
GRANT ALL ON FUNCTION private.prune_idempotency_keys() TO devos_worker;


--
-- Name: FUNCTION prune_schedule_runs(p_days integer, p_limit integer); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.prune_schedule_runs(p_days integer, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.prune_schedule_runs(p_days integer, p_limit integer) TO devos_worker;


--
-- Name: FUNCTION read_delivery(p_id uuid); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.read_delivery(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.read_delivery(p_id uuid) TO devos_worker;


--
-- Name: FUNCTION read_feed(p_after_xid xid8, p_after_id bigint, p_limit integer); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.read_feed(p_after_xid xid8, p_after_id bigint, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.read_feed(p_after_xid xid8, p_after_id bigint, p_limit integer) TO devos_login;


--
-- Name: FUNCTION read_feedback(p_id uuid); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.read_feedback(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.read_feedback(p_id uuid) TO devos_worker;


--
-- Name: FUNCTION reap_unasked(); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.reap_unasked() FROM PUBLIC;
GRANT ALL ON FUNCTION private.reap_unasked() TO devos_api;


--
-- Name: FUNCTION recall_answer(p_caller text, p_route text, p_key text, p_body_digest bytea); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.recall_answer(p_caller text, p_route text, p_key text, p_body_digest bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION private.recall_answer(p_caller text, p_route text, p_key text, p_body_digest bytea) TO devos_login;


--
-- Name: FUNCTION refresh_session(p_token text, p_next text); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.refresh_session(p_token text, p_next text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.refresh_session(p_token text, p_next text) TO devos_login;


--
-- Name: FUNCTION refuse_change(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.refuse_change() FROM PUBLIC;
GRANT ALL ON FUNCTION private.refuse_change() TO devos_owner;


--
-- Name: FUNCTION refuse_edit(p_task_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.refuse_edit(p_task_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION refuse_lease(p_agent_id uuid, p_task_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.refuse_lease(p_agent_id uuid, p_task_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION refuse_registration(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.refuse_registration() FROM PUBLIC;


--
-- Name: FUNCTION refuse_successor(p_task public.tasks, p_key text, p_priority smallint); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.refuse_successor(p_task public.tasks, p_key text, p_priority smallint) FROM PUBLIC;


--
-- Name: FUNCTION refuse_transition(); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.refuse_transition() FROM PUBLIC;
GRANT ALL ON FUNCTION private.refuse_transition() TO devos_owner;


--
-- Name: FUNCTION refuse_version(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.refuse_version() FROM PUBLIC;


--
-- Name: FUNCTION registration_token_lives(p_token_id uuid); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.registration_token_lives(p_token_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION related_ids(p_task_id uuid, p_cascade text); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.related_ids(p_task_id uuid, p_cascade text) FROM PUBLIC;


--
-- Name: FUNCTION relay_hints(); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.relay_hints() FROM PUBLIC;
GRANT ALL ON FUNCTION private.relay_hints() TO devos_worker;


--
-- Name: FUNCTION relay_kinds(); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.relay_kinds() FROM PUBLIC;
GRANT ALL ON FUNCTION private.relay_kinds() TO devos_worker;


--
-- Name: FUNCTION rematch_lanes(p_agent_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.rematch_lanes(p_agent_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION remember_answer(p_caller text, p_route text, p_key text, p_answer json); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.remember_answer(p_caller text, p_route text, p_key text, p_answer json) FROM PUBLIC;
GRANT ALL ON FUNCTION private.remember_answer(p_caller text, p_route text, p_key text, p_answer json) TO devos_login;


--
-- Name: FUNCTION report_status(p_agent_id uuid, p_task_id uuid, p_status text, p_lease_token bigint, p_output jsonb, p_error jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.report_status(p_agent_id uuid, p_task_id uuid, p_status text, p_lease_token bigint, p_output jsonb, p_error jsonb) FROM PUBLIC;


--
-- Name: FUNCTION requeue(p_named uuid[], p_found uuid[]); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.requeue(p_named uuid[], p_found uuid[]) FROM PUBLIC;


--
-- Name: FUNCTION require_agent(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_agent() FROM PUBLIC;


--
-- Name: FUNCTION require_agent_seen(p_agent_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_agent_seen(p_agent_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION require_amount(p_amount numeric); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_amount(p_amount numeric) FROM PUBLIC;


--
-- Name: FUNCTION require_artifact_room(p_task_id uuid, p_name text, p_size_bytes bigint, p_quota_bytes bigint, p_quota_files integer); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_artifact_room(p_task_id uuid, p_name text, p_size_bytes bigint, p_quota_bytes bigint, p_quota_files integer) FROM PUBLIC;


--
-- Name: FUNCTION require_labels(p_labels jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_labels(p_labels jsonb) FROM PUBLIC;


--
-- Name: FUNCTION require_other_admin(p_user_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_other_admin(p_user_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION require_project(p_project_ids uuid[]); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_project(p_project_ids uuid[]) FROM PUBLIC;


--
-- Name: FUNCTION require_related(p_items jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_related(p_items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.require_related(p_items jsonb) TO devos_jobs;


--
-- Name: FUNCTION require_role(p_role public.app_role); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_role(p_role public.app_role) FROM PUBLIC;


--
-- Name: FUNCTION require_schedulable(p_project_id uuid, p_task jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_schedulable(p_project_id uuid, p_task jsonb) FROM PUBLIC;


--
-- Name: FUNCTION require_secret_owner(p_project_id uuid, p_team_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_secret_owner(p_project_id uuid, p_team_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION require_session(); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_session() FROM PUBLIC;


--
-- Name: FUNCTION require_suitable(p_items jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_suitable(p_items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.require_suitable(p_items jsonb) TO devos_jobs;


--
-- Name: FUNCTION require_team(p_team_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_team(p_team_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION require_whole_agent(p_agent_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.require_whole_agent(p_agent_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION reseal_secrets(p_ids uuid[], p_were bytea[], p_key_ids text[], p_sealed bytea[]); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.reseal_secrets(p_ids uuid[], p_were bytea[], p_key_ids text[], p_sealed bytea[]) FROM PUBLIC;


--
-- Name: FUNCTION reset_password(p_email text, p_encrypted_password text); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.reset_password(p_email text, p_encrypted_password text) FROM PUBLIC;


--
-- Name: FUNCTION resume_blocked_tasks(p_project_id uuid, p_reason text); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.resume_blocked_tasks(p_project_id uuid, p_reason text) FROM PUBLIC;


--
-- Name: FUNCTION retry_outbox(p_id bigint, p_error text, p_after_seconds integer, p_max_attempts integer); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.retry_outbox(p_id bigint, p_error text, p_after_seconds integer, p_max_attempts integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.retry_outbox(p_id bigint, p_error text, p_after_seconds integer, p_max_attempts integer) TO devos_worker;


--
-- Name: FUNCTION return_allowance(p_action text, p_email text, p_address inet); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.return_allowance(p_action text, p_email text, p_address inet) FROM PUBLIC;
GRANT ALL ON FUNCTION private.return_allowance(p_action text, p_email text, p_address inet) TO devos_login;


--
-- Name: FUNCTION room_left(p_room text, p_most integer); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.room_left(p_room text, p_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.room_left(p_room text, p_most integer) TO devos_api;


--
-- Name: FUNCTION room_until(p_limit public.limits, p_key text); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.room_until(p_limit public.limits, p_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.room_until(p_limit public.limits, p_key text) TO devos_api;


--
-- Name: FUNCTION rooms_of(p_lane_id bigint); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.rooms_of(p_lane_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION private.rooms_of(p_lane_id bigint) TO devos_jobs;


--
-- Name: FUNCTION schedule_items(p_project_id uuid, p_task jsonb); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.schedule_items(p_project_id uuid, p_task jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.schedule_items(p_project_id uuid, p_task jsonb) TO devos_jobs;


--
-- Name: FUNCTION search_agents(p_project_ids uuid[], p_capability text, p_label jsonb, p_after uuid, p_limit integer); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.search_agents(p_project_ids uuid[], p_capability text, p_label jsonb, p_after uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.search_agents(p_project_ids uuid[], p_capability text, p_label jsonb, p_after uuid, p_limit integer) TO devos_api;


--
-- Name: FUNCTION search_dead_letters(p_project_ids uuid[], p_kind text, p_error_code text, p_failed_after timestamp with time zone, p_failed_before timestamp with time zone, p_before uuid, p_limit integer); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.search_dead_letters(p_project_ids uuid[], p_kind text, p_error_code text, p_failed_after timestamp with time zone, p_failed_before timestamp with time zone, p_before uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.search_dead_letters(p_project_ids uuid[], p_kind text, p_error_code text, p_failed_after timestamp with time zone, p_failed_before timestamp with time zone, p_before uuid, p_limit integer) TO devos_api;


--
-- Name: FUNCTION search_tasks(p_project_ids uuid[], p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid, p_parent_task_id uuid, p_created_after timestamp with time zone, p_created_before timestamp with time zone, p_search text, p_oldest boolean, p_cursor uuid, p_limit integer); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.search_tasks(p_project_ids uuid[], p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid, p_parent_task_id uuid, p_created_after timestamp with time zone, p_created_before timestamp with time zone, p_search text, p_oldest boolean, p_cursor uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.search_tasks(p_project_ids uuid[], p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid, p_parent_task_id uuid, p_created_after timestamp with time zone, p_created_before timestamp with time zone, p_search text, p_oldest boolean, p_cursor uuid, p_limit integer) TO devos_api;


--
-- Name: FUNCTION service_ref(p_service public.service_registry); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.service_ref(p_service public.service_registry) FROM PUBLIC;


--
-- Name: FUNCTION settle_dependents(p_ids uuid[], p_only uuid[]); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.settle_dependents(p_ids uuid[], p_only uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.settle_dependents(p_ids uuid[], p_only uuid[]) TO devos_api;


--
-- Name: FUNCTION sign_up(p_email text, p_encrypted_password text, p_data jsonb, p_open boolean, p_invitation_id text, p_invitation_hash bytea); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.sign_up(p_email text, p_encrypted_password text, p_data jsonb, p_open boolean, p_invitation_id text, p_invitation_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION private.sign_up(p_email text, p_encrypted_password text, p_data jsonb, p_open boolean, p_invitation_id text, p_invitation_hash bytea) TO devos_login;


--
-- Name: FUNCTION stop_dependents(p_ids uuid[], p_only uuid[]); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.stop_dependents(p_ids uuid[], p_only uuid[]) FROM PUBLIC;


--
-- Name: FUNCTION suspend_service(p_service public.service_registry); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.suspend_service(p_service public.service_registry) FROM PUBLIC;


--
-- Name: FUNCTION sweep_lanes(); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.sweep_lanes() FROM PUBLIC;
GRANT ALL ON FUNCTION private.sweep_lanes() TO devos_worker;


--
-- Name: FUNCTION take_allowance(p_action text, p_email text, p_address inet); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.take_allowance(p_action text, p_email text, p_address inet) FROM PUBLIC;
GRANT ALL ON FUNCTION private.take_allowance(p_action text, p_email text, p_address inet) TO devos_login;


--
-- Name: FUNCTION take_auth_flow(p_state_hash bytea, p_code_hash bytea); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.take_auth_flow(p_state_hash bytea, p_code_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION private.take_auth_flow(p_state_hash bytea, p_code_hash bytea) TO devos_login;


--
-- Name: FUNCTION take_outbox(p_topics text[], p_limit integer); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.take_outbox(p_topics text[], p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.take_outbox(p_topics text[], p_limit integer) TO devos_worker;


--
-- Name: FUNCTION task_query(p_search text, p_tags text[], p_project_ids uuid[]); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.task_query(p_search text, p_tags text[], p_project_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.task_query(p_search text, p_tags text[], p_project_ids uuid[]) TO devos_lookup;


--
-- Name: FUNCTION tell_ready(p_sender text, p_kinds text[]); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.tell_ready(p_sender text, p_kinds text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.tell_ready(p_sender text, p_kinds text[]) TO devos_login;


--
-- Name: FUNCTION token_expiry(p_days integer); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.token_expiry(p_days integer) FROM PUBLIC;


--
-- Name: FUNCTION touch_agent(p_agent_id uuid); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.touch_agent(p_agent_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.touch_agent(p_agent_id uuid) TO devos_api;


--
-- Name: FUNCTION touch_agents(p_ids uuid[]); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.touch_agents(p_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.touch_agents(p_ids uuid[]) TO devos_login;


--
-- Name: FUNCTION trade_auth_code(p_code_hash bytea, p_code_challenge text); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.trade_auth_code(p_code_hash bytea, p_code_challenge text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.trade_auth_code(p_code_hash bytea, p_code_challenge text) TO devos_login;


--
-- Name: FUNCTION use_invitation(p_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.use_invitation(p_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION waits_for_itself(p_task_id uuid); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.waits_for_itself(p_task_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION wake_limited(p_project_ids uuid[]); Type: ACL; Schema: private; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION private.wake_limited(p_project_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.wake_limited(p_project_ids uuid[]) TO devos_api;


--
-- Name: FUNCTION with_kind_defaults(p_items jsonb); Type: ACL; Schema: private; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION private.with_kind_defaults(p_items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.with_kind_defaults(p_items jsonb) TO devos_api;
GRANT ALL ON FUNCTION private.with_kind_defaults(p_items jsonb) TO devos_jobs;


--
-- Name: FUNCTION write_token_uses(p_ids uuid[]); Type: ACL; Schema: private; Owner: devos_api
--

REVOKE ALL ON FUNCTION private.write_token_uses(p_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.write_token_uses(p_ids uuid[]) TO devos_login;


--
-- Name: FUNCTION accept_invitation(p_token_id text, p_token_hash bytea); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.accept_invitation(p_token_id text, p_token_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.accept_invitation(p_token_id text, p_token_hash bytea) TO authenticated;


--
-- Name: FUNCTION add_agent_to_project(p_project_id uuid, p_agent_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.add_agent_to_project(p_project_id uuid, p_agent_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.add_agent_to_project(p_project_id uuid, p_agent_id uuid) TO authenticated;


--
-- Name: FUNCTION add_project_member(p_project_id uuid, p_user_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.add_project_member(p_project_id uuid, p_user_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.add_project_member(p_project_id uuid, p_user_id uuid) TO authenticated;


--
-- Name: FUNCTION add_task_dependencies(p_task_id uuid, p_depends_on jsonb); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.add_task_dependencies(p_task_id uuid, p_depends_on jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.add_task_dependencies(p_task_id uuid, p_depends_on jsonb) TO authenticated;


--
-- Name: FUNCTION add_team_member(p_team_id uuid, p_user_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.add_team_member(p_team_id uuid, p_user_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.add_team_member(p_team_id uuid, p_user_id uuid) TO authenticated;


--
-- Name: FUNCTION agent_exchange(p_key_id text, p_key_hash bytea, p_items jsonb, p_kinds text[], p_wanted integer, p_lease_seconds integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.agent_exchange(p_key_id text, p_key_hash bytea, p_items jsonb, p_kinds text[], p_wanted integer, p_lease_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.agent_exchange(p_key_id text, p_key_hash bytea, p_items jsonb, p_kinds text[], p_wanted integer, p_lease_seconds integer) TO devos_login;


--
-- Name: FUNCTION begin_artifact(p_task_id uuid, p_lease_token bigint, p_name text, p_size_bytes bigint, p_quota_bytes bigint, p_quota_files integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.begin_artifact(p_task_id uuid, p_lease_token bigint, p_name text, p_size_bytes bigint, p_quota_bytes bigint, p_quota_files integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.begin_artifact(p_task_id uuid, p_lease_token bigint, p_name text, p_size_bytes bigint, p_quota_bytes bigint, p_quota_files integer) TO agent;


--
-- Name: FUNCTION cancel_task(p_task_id uuid, p_reason text, p_cascade text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.cancel_task(p_task_id uuid, p_reason text, p_cascade text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.cancel_task(p_task_id uuid, p_reason text, p_cascade text) TO authenticated;


--
-- Name: FUNCTION change_account(p_email text, p_data jsonb, p_encrypted_password text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.change_account(p_email text, p_data jsonb, p_encrypted_password text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.change_account(p_email text, p_data jsonb, p_encrypted_password text) TO authenticated;


--
-- Name: FUNCTION charge_service(p_service_id uuid, p_amount numeric, p_task_id uuid, p_lease_token bigint, p_key text, p_note text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.charge_service(p_service_id uuid, p_amount numeric, p_task_id uuid, p_lease_token bigint, p_key text, p_note text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.charge_service(p_service_id uuid, p_amount numeric, p_task_id uuid, p_lease_token bigint, p_key text, p_note text) TO authenticated;
GRANT ALL ON FUNCTION public.charge_service(p_service_id uuid, p_amount numeric, p_task_id uuid, p_lease_token bigint, p_key text, p_note text) TO agent;


--
-- Name: FUNCTION claim_next_task(p_kinds text[], p_lease_seconds integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.claim_next_task(p_kinds text[], p_lease_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_next_task(p_kinds text[], p_lease_seconds integer) TO agent;


--
-- Name: FUNCTION claim_tasks(p_kinds text[], p_limit integer, p_lease_seconds integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.claim_tasks(p_kinds text[], p_limit integer, p_lease_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_tasks(p_kinds text[], p_limit integer, p_lease_seconds integer) TO agent;


--
-- Name: FUNCTION close_session(p_scope text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.close_session(p_scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.close_session(p_scope text) TO authenticated;


--
-- Name: FUNCTION complete_tasks(p_items jsonb); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.complete_tasks(p_items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.complete_tasks(p_items jsonb) TO agent;


--
-- Name: TABLE projects; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.projects TO devos_migrator;
GRANT SELECT ON TABLE public.projects TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.projects TO devos_api;
GRANT SELECT ON TABLE public.projects TO devos_lookup;
GRANT SELECT ON TABLE public.projects TO devos_jobs;


--
-- Name: FUNCTION configure_project(p_project_id uuid, p_default_priority smallint, p_default_max_retries integer, p_version integer, p_cancel_grace_seconds integer, p_ageing_seconds integer, p_unknown_kinds text, p_creations_per_minute integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.configure_project(p_project_id uuid, p_default_priority smallint, p_default_max_retries integer, p_version integer, p_cancel_grace_seconds integer, p_ageing_seconds integer, p_unknown_kinds text, p_creations_per_minute integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.configure_project(p_project_id uuid, p_default_priority smallint, p_default_max_retries integer, p_version integer, p_cancel_grace_seconds integer, p_ageing_seconds integer, p_unknown_kinds text, p_creations_per_minute integer) TO authenticated;


--
-- Name: FUNCTION create_api_token(p_name text, p_scopes text[], p_expires_in_days integer, p_key_id text, p_key_hash bytea); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.create_api_token(p_name text, p_scopes text[], p_expires_in_days integer, p_key_id text, p_key_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_api_token(p_name text, p_scopes text[], p_expires_in_days integer, p_key_id text, p_key_hash bytea) TO authenticated;


--
-- Name: FUNCTION create_invitation(p_email text, p_role public.app_role, p_team_id uuid, p_project_id uuid, p_expires_in_days integer, p_token_id text, p_token_hash bytea); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.create_invitation(p_email text, p_role public.app_role, p_team_id uuid, p_project_id uuid, p_expires_in_days integer, p_token_id text, p_token_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_invitation(p_email text, p_role public.app_role, p_team_id uuid, p_project_id uuid, p_expires_in_days integer, p_token_id text, p_token_hash bytea) TO authenticated;


--
-- Name: FUNCTION create_limit(p_project_id uuid, p_limit jsonb); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.create_limit(p_project_id uuid, p_limit jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_limit(p_project_id uuid, p_limit jsonb) TO authenticated;


--
-- Name: FUNCTION create_project(p_name text, p_description text, p_team_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.create_project(p_name text, p_description text, p_team_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_project(p_name text, p_description text, p_team_id uuid) TO authenticated;


--
-- Name: FUNCTION create_project_token(p_project_id uuid, p_name text, p_expires_in_days integer, p_key_id text, p_key_hash bytea); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.create_project_token(p_project_id uuid, p_name text, p_expires_in_days integer, p_key_id text, p_key_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_project_token(p_project_id uuid, p_name text, p_expires_in_days integer, p_key_id text, p_key_hash bytea) TO authenticated;


--
-- Name: TABLE registration_tokens; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.registration_tokens TO authenticated;
GRANT SELECT,INSERT,UPDATE ON TABLE public.registration_tokens TO devos_api;
GRANT SELECT ON TABLE public.registration_tokens TO devos_lookup;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.registration_tokens TO devos_migrator;


--
-- Name: FUNCTION create_registration_token(p_name text, p_project_ids uuid[], p_capabilities text[], p_max_uses integer, p_expires_in_hours integer, p_key_id text, p_key_hash bytea); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.create_registration_token(p_name text, p_project_ids uuid[], p_capabilities text[], p_max_uses integer, p_expires_in_hours integer, p_key_id text, p_key_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_registration_token(p_name text, p_project_ids uuid[], p_capabilities text[], p_max_uses integer, p_expires_in_hours integer, p_key_id text, p_key_hash bytea) TO authenticated;


--
-- Name: FUNCTION create_repository(p_project_id uuid, p_forge text, p_external_id text, p_full_name text, p_clone_url text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.create_repository(p_project_id uuid, p_forge text, p_external_id text, p_full_name text, p_clone_url text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_repository(p_project_id uuid, p_forge text, p_external_id text, p_full_name text, p_clone_url text) TO authenticated;


--
-- Name: FUNCTION create_schedule(p_project_id uuid, p_schedule jsonb); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.create_schedule(p_project_id uuid, p_schedule jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_schedule(p_project_id uuid, p_schedule jsonb) TO authenticated;


--
-- Name: FUNCTION create_service(p_project_id uuid, p_name text, p_limit numeric, p_substitute_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.create_service(p_project_id uuid, p_name text, p_limit numeric, p_substitute_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_service(p_project_id uuid, p_name text, p_limit numeric, p_substitute_id uuid) TO authenticated;


--
-- Name: FUNCTION create_successor(p_task_id uuid, p_item jsonb, p_key text, p_on_failure text, p_lease_token bigint); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.create_successor(p_task_id uuid, p_item jsonb, p_key text, p_on_failure text, p_lease_token bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_successor(p_task_id uuid, p_item jsonb, p_key text, p_on_failure text, p_lease_token bigint) TO authenticated;
GRANT ALL ON FUNCTION public.create_successor(p_task_id uuid, p_item jsonb, p_key text, p_on_failure text, p_lease_token bigint) TO agent;


--
-- Name: FUNCTION create_tasks(p_items jsonb); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.create_tasks(p_items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_tasks(p_items jsonb) TO authenticated;


--
-- Name: TABLE teams; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.teams TO devos_migrator;
GRANT SELECT ON TABLE public.teams TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.teams TO devos_api;
GRANT SELECT ON TABLE public.teams TO devos_lookup;


--
-- Name: FUNCTION create_team(p_name text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.create_team(p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_team(p_name text) TO authenticated;


--
-- Name: FUNCTION delete_artifact(p_artifact_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.delete_artifact(p_artifact_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_artifact(p_artifact_id uuid) TO authenticated;


--
-- Name: FUNCTION delete_kind(p_project_id uuid, p_name text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.delete_kind(p_project_id uuid, p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_kind(p_project_id uuid, p_name text) TO authenticated;


--
-- Name: FUNCTION delete_limit(p_limit_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.delete_limit(p_limit_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_limit(p_limit_id uuid) TO authenticated;


--
-- Name: FUNCTION delete_project(p_project_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.delete_project(p_project_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_project(p_project_id uuid) TO authenticated;


--
-- Name: FUNCTION delete_schedule(p_schedule_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.delete_schedule(p_schedule_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_schedule(p_schedule_id uuid) TO authenticated;


--
-- Name: FUNCTION delete_secret(p_project_id uuid, p_team_id uuid, p_name text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.delete_secret(p_project_id uuid, p_team_id uuid, p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_secret(p_project_id uuid, p_team_id uuid, p_name text) TO authenticated;


--
-- Name: FUNCTION delete_task(p_task_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.delete_task(p_task_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_task(p_task_id uuid) TO authenticated;


--
-- Name: FUNCTION delete_team(p_team_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.delete_team(p_team_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_team(p_team_id uuid) TO authenticated;


--
-- Name: FUNCTION dispatch(p_task_id uuid, p_lease_token bigint, p_service_id uuid, p_estimated_amount numeric); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.dispatch(p_task_id uuid, p_lease_token bigint, p_service_id uuid, p_estimated_amount numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION public.dispatch(p_task_id uuid, p_lease_token bigint, p_service_id uuid, p_estimated_amount numeric) TO agent;


--
-- Name: FUNCTION event_visibility(p_project_id uuid, p_task_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.event_visibility(p_project_id uuid, p_task_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.event_visibility(p_project_id uuid, p_task_id uuid) TO authenticated;


--
-- Name: FUNCTION explain_wait(p_task_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.explain_wait(p_task_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.explain_wait(p_task_id uuid) TO authenticated;


--
-- Name: FUNCTION extend_leases(p_leases jsonb, p_lease_seconds integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.extend_leases(p_leases jsonb, p_lease_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.extend_leases(p_leases jsonb, p_lease_seconds integer) TO agent;


--
-- Name: FUNCTION fail_tasks(p_items jsonb); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.fail_tasks(p_items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.fail_tasks(p_items jsonb) TO agent;


--
-- Name: FUNCTION follow_events(p_after_xid xid8, p_after_id bigint, p_until_xid xid8, p_until_id bigint, p_project_id uuid, p_subject_id uuid, p_limit integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.follow_events(p_after_xid xid8, p_after_id bigint, p_until_xid xid8, p_until_id bigint, p_project_id uuid, p_subject_id uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.follow_events(p_after_xid xid8, p_after_id bigint, p_until_xid xid8, p_until_id bigint, p_project_id uuid, p_subject_id uuid, p_limit integer) TO authenticated;


--
-- Name: FUNCTION get_my_role(); Type: ACL; Schema: public; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION public.get_my_role() FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_my_role() TO authenticated;
GRANT ALL ON FUNCTION public.get_my_role() TO agent;
GRANT ALL ON FUNCTION public.get_my_role() TO integration;
GRANT ALL ON FUNCTION public.get_my_role() TO devos_api;
GRANT ALL ON FUNCTION public.get_my_role() TO devos_jobs;


--
-- Name: FUNCTION increase_budget(p_service_id uuid, p_amount numeric, p_reason text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.increase_budget(p_service_id uuid, p_amount numeric, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.increase_budget(p_service_id uuid, p_amount numeric, p_reason text) TO authenticated;


--
-- Name: FUNCTION list_agent_keys(p_agent_id uuid, p_limit integer, p_after text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_agent_keys(p_agent_id uuid, p_limit integer, p_after text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_agent_keys(p_agent_id uuid, p_limit integer, p_after text) TO authenticated;


--
-- Name: FUNCTION list_agents(p_project_id uuid, p_limit integer, p_after uuid, p_agent_id uuid, p_capability text, p_label jsonb, p_state text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_agents(p_project_id uuid, p_limit integer, p_after uuid, p_agent_id uuid, p_capability text, p_label jsonb, p_state text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_agents(p_project_id uuid, p_limit integer, p_after uuid, p_agent_id uuid, p_capability text, p_label jsonb, p_state text) TO authenticated;
GRANT ALL ON FUNCTION public.list_agents(p_project_id uuid, p_limit integer, p_after uuid, p_agent_id uuid, p_capability text, p_label jsonb, p_state text) TO agent;


--
-- Name: FUNCTION list_api_tokens(p_limit integer, p_after uuid, p_token_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_api_tokens(p_limit integer, p_after uuid, p_token_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_api_tokens(p_limit integer, p_after uuid, p_token_id uuid) TO authenticated;


--
-- Name: TABLE task_attempts; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_attempts TO devos_migrator;
GRANT SELECT ON TABLE public.task_attempts TO authenticated;
GRANT SELECT ON TABLE public.task_attempts TO agent;
GRANT SELECT,INSERT ON TABLE public.task_attempts TO devos_api;
GRANT SELECT ON TABLE public.task_attempts TO devos_lookup;
GRANT INSERT ON TABLE public.task_attempts TO devos_jobs;


--
-- Name: FUNCTION list_attempts(p_task_id uuid, p_limit integer, p_after integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_attempts(p_task_id uuid, p_limit integer, p_after integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_attempts(p_task_id uuid, p_limit integer, p_after integer) TO authenticated;
GRANT ALL ON FUNCTION public.list_attempts(p_task_id uuid, p_limit integer, p_after integer) TO agent;


--
-- Name: FUNCTION list_dead_letters(p_project_id uuid, p_kind text, p_error_code text, p_since timestamp with time zone, p_limit integer, p_before uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_dead_letters(p_project_id uuid, p_kind text, p_error_code text, p_since timestamp with time zone, p_limit integer, p_before uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_dead_letters(p_project_id uuid, p_kind text, p_error_code text, p_since timestamp with time zone, p_limit integer, p_before uuid) TO authenticated;


--
-- Name: FUNCTION list_dependencies(p_task_id uuid, p_limit integer, p_after uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_dependencies(p_task_id uuid, p_limit integer, p_after uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_dependencies(p_task_id uuid, p_limit integer, p_after uuid) TO authenticated;


--
-- Name: FUNCTION list_events(p_project_id uuid, p_after_xid xid8, p_after_id bigint, p_limit integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_events(p_project_id uuid, p_after_xid xid8, p_after_id bigint, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_events(p_project_id uuid, p_after_xid xid8, p_after_id bigint, p_limit integer) TO authenticated;


--
-- Name: FUNCTION list_invitations(p_limit integer, p_after uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_invitations(p_limit integer, p_after uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_invitations(p_limit integer, p_after uuid) TO authenticated;


--
-- Name: FUNCTION list_kinds(p_project_id uuid, p_limit integer, p_after text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_kinds(p_project_id uuid, p_limit integer, p_after text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_kinds(p_project_id uuid, p_limit integer, p_after text) TO authenticated;


--
-- Name: FUNCTION list_limits(p_project_id uuid, p_limit integer, p_after uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_limits(p_project_id uuid, p_limit integer, p_after uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_limits(p_project_id uuid, p_limit integer, p_after uuid) TO authenticated;


--
-- Name: SEQUENCE task_log_ids; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT USAGE ON SEQUENCE private.task_log_ids TO devos_api;


--
-- Name: TABLE task_logs; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.task_logs TO authenticated;
GRANT SELECT ON TABLE public.task_logs TO agent;
GRANT INSERT ON TABLE public.task_logs TO devos_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_logs TO devos_migrator;


--
-- Name: FUNCTION list_logs(p_project_id uuid, p_limit integer, p_before bigint, p_levels text[], p_since timestamp with time zone, p_until timestamp with time zone); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_logs(p_project_id uuid, p_limit integer, p_before bigint, p_levels text[], p_since timestamp with time zone, p_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_logs(p_project_id uuid, p_limit integer, p_before bigint, p_levels text[], p_since timestamp with time zone, p_until timestamp with time zone) TO authenticated;


--
-- Name: FUNCTION list_people(p_limit integer, p_after uuid, p_team_id uuid, p_project_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_people(p_limit integer, p_after uuid, p_team_id uuid, p_project_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_people(p_limit integer, p_after uuid, p_team_id uuid, p_project_id uuid) TO authenticated;


--
-- Name: FUNCTION list_project_tokens(p_project_id uuid, p_limit integer, p_after uuid, p_token_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_project_tokens(p_project_id uuid, p_limit integer, p_after uuid, p_token_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_project_tokens(p_project_id uuid, p_limit integer, p_after uuid, p_token_id uuid) TO authenticated;


--
-- Name: FUNCTION list_projects(p_limit integer, p_after uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_projects(p_limit integer, p_after uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_projects(p_limit integer, p_after uuid) TO authenticated;


--
-- Name: FUNCTION list_registration_tokens(p_limit integer, p_after uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_registration_tokens(p_limit integer, p_after uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_registration_tokens(p_limit integer, p_after uuid) TO authenticated;


--
-- Name: FUNCTION list_repositories(p_project_id uuid, p_limit integer, p_after uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_repositories(p_project_id uuid, p_limit integer, p_after uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_repositories(p_project_id uuid, p_limit integer, p_after uuid) TO authenticated;


--
-- Name: FUNCTION list_schedule_runs(p_schedule_id uuid, p_limit integer, p_after uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_schedule_runs(p_schedule_id uuid, p_limit integer, p_after uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_schedule_runs(p_schedule_id uuid, p_limit integer, p_after uuid) TO authenticated;


--
-- Name: FUNCTION list_schedules(p_project_id uuid, p_limit integer, p_after uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_schedules(p_project_id uuid, p_limit integer, p_after uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_schedules(p_project_id uuid, p_limit integer, p_after uuid) TO authenticated;


--
-- Name: TABLE secrets; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.secrets TO devos_migrator;
GRANT SELECT ON TABLE public.secrets TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.secrets TO devos_api;
GRANT SELECT ON TABLE public.secrets TO devos_jobs;


--
-- Name: FUNCTION list_secrets(p_project_id uuid, p_team_id uuid, p_limit integer, p_after uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_secrets(p_project_id uuid, p_team_id uuid, p_limit integer, p_after uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_secrets(p_project_id uuid, p_team_id uuid, p_limit integer, p_after uuid) TO authenticated;


--
-- Name: FUNCTION list_services(p_project_id uuid, p_limit integer, p_after uuid, p_service_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_services(p_project_id uuid, p_limit integer, p_after uuid, p_service_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_services(p_project_id uuid, p_limit integer, p_after uuid, p_service_id uuid) TO authenticated;
GRANT ALL ON FUNCTION public.list_services(p_project_id uuid, p_limit integer, p_after uuid, p_service_id uuid) TO agent;


--
-- Name: TABLE task_steps; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_steps TO devos_migrator;
GRANT SELECT ON TABLE public.task_steps TO authenticated;
GRANT SELECT ON TABLE public.task_steps TO agent;
GRANT SELECT,INSERT ON TABLE public.task_steps TO devos_api;


--
-- Name: FUNCTION list_steps(p_task_id uuid, p_limit integer, p_after bigint); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_steps(p_task_id uuid, p_limit integer, p_after bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_steps(p_task_id uuid, p_limit integer, p_after bigint) TO authenticated;
GRANT ALL ON FUNCTION public.list_steps(p_task_id uuid, p_limit integer, p_after bigint) TO agent;


--
-- Name: TABLE task_artifacts; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.task_artifacts TO authenticated;
GRANT SELECT ON TABLE public.task_artifacts TO agent;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_artifacts TO devos_api;
GRANT SELECT ON TABLE public.task_artifacts TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_artifacts TO devos_migrator;


--
-- Name: FUNCTION list_task_artifacts(p_task_id uuid, p_limit integer, p_after uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_task_artifacts(p_task_id uuid, p_limit integer, p_after uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_task_artifacts(p_task_id uuid, p_limit integer, p_after uuid) TO authenticated;
GRANT ALL ON FUNCTION public.list_task_artifacts(p_task_id uuid, p_limit integer, p_after uuid) TO agent;


--
-- Name: FUNCTION list_task_charges(p_task_id uuid, p_limit integer, p_after uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_task_charges(p_task_id uuid, p_limit integer, p_after uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_task_charges(p_task_id uuid, p_limit integer, p_after uuid) TO authenticated;
GRANT ALL ON FUNCTION public.list_task_charges(p_task_id uuid, p_limit integer, p_after uuid) TO agent;


--
-- Name: FUNCTION list_task_logs(p_task_id uuid, p_limit integer, p_after bigint, p_before bigint, p_levels text[], p_attempt integer, p_search text, p_newest_first boolean); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_task_logs(p_task_id uuid, p_limit integer, p_after bigint, p_before bigint, p_levels text[], p_attempt integer, p_search text, p_newest_first boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_task_logs(p_task_id uuid, p_limit integer, p_after bigint, p_before bigint, p_levels text[], p_attempt integer, p_search text, p_newest_first boolean) TO authenticated;
GRANT ALL ON FUNCTION public.list_task_logs(p_task_id uuid, p_limit integer, p_after bigint, p_before bigint, p_levels text[], p_attempt integer, p_search text, p_newest_first boolean) TO agent;


--
-- Name: FUNCTION list_tasks(p_project_id uuid, p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid, p_parent_task_id uuid, p_created_after timestamp with time zone, p_created_before timestamp with time zone, p_search text, p_oldest boolean, p_limit integer, p_after uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_tasks(p_project_id uuid, p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid, p_parent_task_id uuid, p_created_after timestamp with time zone, p_created_before timestamp with time zone, p_search text, p_oldest boolean, p_limit integer, p_after uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_tasks(p_project_id uuid, p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid, p_parent_task_id uuid, p_created_after timestamp with time zone, p_created_before timestamp with time zone, p_search text, p_oldest boolean, p_limit integer, p_after uuid) TO authenticated;
GRANT ALL ON FUNCTION public.list_tasks(p_project_id uuid, p_states public.task_state[], p_kinds text[], p_priority smallint, p_tags text[], p_agent_id uuid, p_parent_task_id uuid, p_created_after timestamp with time zone, p_created_before timestamp with time zone, p_search text, p_oldest boolean, p_limit integer, p_after uuid) TO agent;


--
-- Name: FUNCTION list_teams(p_limit integer, p_after uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.list_teams(p_limit integer, p_after uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_teams(p_limit integer, p_after uuid) TO authenticated;


--
-- Name: FUNCTION pause_schedule(p_schedule_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.pause_schedule(p_schedule_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.pause_schedule(p_schedule_id uuid) TO authenticated;


--
-- Name: FUNCTION post_feedback(p_task_id uuid, p_lease_token bigint, p_key text, p_repository text, p_number integer, p_kind text, p_content jsonb); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.post_feedback(p_task_id uuid, p_lease_token bigint, p_key text, p_repository text, p_number integer, p_kind text, p_content jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.post_feedback(p_task_id uuid, p_lease_token bigint, p_key text, p_repository text, p_number integer, p_kind text, p_content jsonb) TO agent;


--
-- Name: FUNCTION read_account(); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_account() FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_account() TO authenticated;


--
-- Name: FUNCTION read_agent(p_agent_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_agent(p_agent_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_agent(p_agent_id uuid) TO authenticated;
GRANT ALL ON FUNCTION public.read_agent(p_agent_id uuid) TO agent;


--
-- Name: FUNCTION read_artifact(p_artifact_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_artifact(p_artifact_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_artifact(p_artifact_id uuid) TO authenticated;
GRANT ALL ON FUNCTION public.read_artifact(p_artifact_id uuid) TO agent;


--
-- Name: FUNCTION read_clock(); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_clock() FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_clock() TO authenticated;


--
-- Name: FUNCTION read_kind(p_project_id uuid, p_name text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_kind(p_project_id uuid, p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_kind(p_project_id uuid, p_name text) TO authenticated;


--
-- Name: FUNCTION read_limit(p_limit_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_limit(p_limit_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_limit(p_limit_id uuid) TO authenticated;


--
-- Name: FUNCTION read_lineage(p_task_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_lineage(p_task_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_lineage(p_task_id uuid) TO authenticated;


--
-- Name: FUNCTION read_person(p_user_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_person(p_user_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_person(p_user_id uuid) TO authenticated;


--
-- Name: FUNCTION read_project(p_project_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_project(p_project_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_project(p_project_id uuid) TO authenticated;


--
-- Name: FUNCTION read_queue(p_project_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_queue(p_project_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_queue(p_project_id uuid) TO authenticated;


--
-- Name: FUNCTION read_schedule(p_schedule_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_schedule(p_schedule_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_schedule(p_schedule_id uuid) TO authenticated;


--
-- Name: FUNCTION read_service(p_service_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_service(p_service_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_service(p_service_id uuid) TO authenticated;
GRANT ALL ON FUNCTION public.read_service(p_service_id uuid) TO agent;


--
-- Name: FUNCTION read_task(p_task_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_task(p_task_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_task(p_task_id uuid) TO authenticated;
GRANT ALL ON FUNCTION public.read_task(p_task_id uuid) TO agent;


--
-- Name: FUNCTION read_task_schedule(p_task_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_task_schedule(p_task_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_task_schedule(p_task_id uuid) TO authenticated;
GRANT ALL ON FUNCTION public.read_task_schedule(p_task_id uuid) TO agent;


--
-- Name: FUNCTION read_team(p_team_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.read_team(p_team_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.read_team(p_team_id uuid) TO authenticated;


--
-- Name: FUNCTION reap_expired_leases(); Type: ACL; Schema: public; Owner: devos_jobs
--

REVOKE ALL ON FUNCTION public.reap_expired_leases() FROM PUBLIC;
GRANT ALL ON FUNCTION public.reap_expired_leases() TO devos_worker;


--
-- Name: FUNCTION receive_webhook(p_forge text, p_delivery_id text, p_event text, p_repository_external_id text, p_body bytea); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.receive_webhook(p_forge text, p_delivery_id text, p_event text, p_repository_external_id text, p_body bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.receive_webhook(p_forge text, p_delivery_id text, p_event text, p_repository_external_id text, p_body bytea) TO integration;


--
-- Name: FUNCTION register_agent(p_name text, p_project_ids uuid[], p_capabilities text[], p_key_id text, p_key_hash bytea, p_labels jsonb); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.register_agent(p_name text, p_project_ids uuid[], p_capabilities text[], p_key_id text, p_key_hash bytea, p_labels jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.register_agent(p_name text, p_project_ids uuid[], p_capabilities text[], p_key_id text, p_key_hash bytea, p_labels jsonb) TO authenticated;


--
-- Name: FUNCTION register_with_token(p_name text, p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.register_with_token(p_name text, p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.register_with_token(p_name text, p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea) TO integration;


--
-- Name: FUNCTION release_tasks(p_items jsonb); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.release_tasks(p_items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.release_tasks(p_items jsonb) TO agent;


--
-- Name: FUNCTION remove_agent_from_project(p_project_id uuid, p_agent_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.remove_agent_from_project(p_project_id uuid, p_agent_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.remove_agent_from_project(p_project_id uuid, p_agent_id uuid) TO authenticated;


--
-- Name: FUNCTION remove_project_member(p_project_id uuid, p_user_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.remove_project_member(p_project_id uuid, p_user_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.remove_project_member(p_project_id uuid, p_user_id uuid) TO authenticated;


--
-- Name: FUNCTION remove_task_dependency(p_task_id uuid, p_depends_on_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.remove_task_dependency(p_task_id uuid, p_depends_on_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.remove_task_dependency(p_task_id uuid, p_depends_on_id uuid) TO authenticated;


--
-- Name: FUNCTION remove_team_member(p_team_id uuid, p_user_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.remove_team_member(p_team_id uuid, p_user_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.remove_team_member(p_team_id uuid, p_user_id uuid) TO authenticated;


--
-- Name: FUNCTION requeue_task(p_task_id uuid, p_cascade boolean); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.requeue_task(p_task_id uuid, p_cascade boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.requeue_task(p_task_id uuid, p_cascade boolean) TO authenticated;


--
-- Name: FUNCTION requeue_tasks(p_task_ids uuid[], p_filter jsonb); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.requeue_tasks(p_task_ids uuid[], p_filter jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.requeue_tasks(p_task_ids uuid[], p_filter jsonb) TO authenticated;


--
-- Name: FUNCTION require_creation(p_project_ids uuid[]); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.require_creation(p_project_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.require_creation(p_project_ids uuid[]) TO authenticated;


--
-- Name: FUNCTION resume_schedule(p_schedule_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.resume_schedule(p_schedule_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.resume_schedule(p_schedule_id uuid) TO authenticated;


--
-- Name: FUNCTION revoke_agent_key(p_agent_id uuid, p_key_id text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.revoke_agent_key(p_agent_id uuid, p_key_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.revoke_agent_key(p_agent_id uuid, p_key_id text) TO authenticated;


--
-- Name: FUNCTION revoke_api_token(p_token_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.revoke_api_token(p_token_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.revoke_api_token(p_token_id uuid) TO authenticated;


--
-- Name: FUNCTION revoke_invitation(p_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.revoke_invitation(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.revoke_invitation(p_id uuid) TO authenticated;


--
-- Name: FUNCTION revoke_project_token(p_project_id uuid, p_token_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.revoke_project_token(p_project_id uuid, p_token_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.revoke_project_token(p_project_id uuid, p_token_id uuid) TO authenticated;


--
-- Name: FUNCTION revoke_registration_token(p_token_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.revoke_registration_token(p_token_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.revoke_registration_token(p_token_id uuid) TO authenticated;


--
-- Name: FUNCTION rotate_agent_key(p_agent_id uuid, p_overlap_seconds integer, p_key_id text, p_key_hash bytea); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.rotate_agent_key(p_agent_id uuid, p_overlap_seconds integer, p_key_id text, p_key_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.rotate_agent_key(p_agent_id uuid, p_overlap_seconds integer, p_key_id text, p_key_hash bytea) TO authenticated;
GRANT ALL ON FUNCTION public.rotate_agent_key(p_agent_id uuid, p_overlap_seconds integer, p_key_id text, p_key_hash bytea) TO agent;


--
-- Name: FUNCTION run_schedule(p_schedule_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.run_schedule(p_schedule_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.run_schedule(p_schedule_id uuid) TO authenticated;


--
-- Name: FUNCTION save_checkpoint(p_task_id uuid, p_lease_token bigint, p_checkpoint jsonb); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.save_checkpoint(p_task_id uuid, p_lease_token bigint, p_checkpoint jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.save_checkpoint(p_task_id uuid, p_lease_token bigint, p_checkpoint jsonb) TO agent;


--
-- Name: FUNCTION save_step(p_task_id uuid, p_lease_token bigint, p_name text, p_output jsonb); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.save_step(p_task_id uuid, p_lease_token bigint, p_name text, p_output jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.save_step(p_task_id uuid, p_lease_token bigint, p_name text, p_output jsonb) TO agent;


--
-- Name: FUNCTION service_status(p_project_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.service_status(p_project_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.service_status(p_project_id uuid) TO authenticated;


--
-- Name: FUNCTION set_activation(p_user_id uuid, p_is_active boolean); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.set_activation(p_user_id uuid, p_is_active boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_activation(p_user_id uuid, p_is_active boolean) TO authenticated;


--
-- Name: FUNCTION set_agent_activation(p_agent_id uuid, p_is_active boolean); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.set_agent_activation(p_agent_id uuid, p_is_active boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_agent_activation(p_agent_id uuid, p_is_active boolean) TO authenticated;


--
-- Name: FUNCTION set_agent_broker(p_agent_id uuid, p_is_allowed boolean); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.set_agent_broker(p_agent_id uuid, p_is_allowed boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_agent_broker(p_agent_id uuid, p_is_allowed boolean) TO authenticated;


--
-- Name: FUNCTION set_kind(p_project_id uuid, p_name text, p_kind jsonb, p_version integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.set_kind(p_project_id uuid, p_name text, p_kind jsonb, p_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_kind(p_project_id uuid, p_name text, p_kind jsonb, p_version integer) TO authenticated;


--
-- Name: FUNCTION set_role(p_user_id uuid, p_role public.app_role); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.set_role(p_user_id uuid, p_role public.app_role) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_role(p_user_id uuid, p_role public.app_role) TO authenticated;


--
-- Name: FUNCTION set_secret(p_project_id uuid, p_team_id uuid, p_name text, p_kind text, p_key_id text, p_sealed bytea); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.set_secret(p_project_id uuid, p_team_id uuid, p_name text, p_kind text, p_key_id text, p_sealed bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_secret(p_project_id uuid, p_team_id uuid, p_name text, p_kind text, p_key_id text, p_sealed bytea) TO authenticated;


--
-- Name: FUNCTION store_artifact(p_task_id uuid, p_lease_token bigint, p_blob_id uuid, p_name text, p_media_type text, p_size_bytes bigint, p_sha256 text, p_quota_bytes bigint, p_quota_files integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.store_artifact(p_task_id uuid, p_lease_token bigint, p_blob_id uuid, p_name text, p_media_type text, p_size_bytes bigint, p_sha256 text, p_quota_bytes bigint, p_quota_files integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.store_artifact(p_task_id uuid, p_lease_token bigint, p_blob_id uuid, p_name text, p_media_type text, p_size_bytes bigint, p_sha256 text, p_quota_bytes bigint, p_quota_files integer) TO agent;


--
-- Name: FUNCTION task_counts(p_project_id uuid); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.task_counts(p_project_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.task_counts(p_project_id uuid) TO authenticated;


--
-- Name: FUNCTION update_agent(p_agent_id uuid, p_name text, p_capabilities text[], p_labels jsonb, p_version integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.update_agent(p_agent_id uuid, p_name text, p_capabilities text[], p_labels jsonb, p_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_agent(p_agent_id uuid, p_name text, p_capabilities text[], p_labels jsonb, p_version integer) TO authenticated;


--
-- Name: FUNCTION update_limit(p_limit_id uuid, p_changes jsonb, p_version integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.update_limit(p_limit_id uuid, p_changes jsonb, p_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_limit(p_limit_id uuid, p_changes jsonb, p_version integer) TO authenticated;


--
-- Name: FUNCTION update_project(p_project_id uuid, p_name text, p_description text, p_team_id uuid, p_version integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.update_project(p_project_id uuid, p_name text, p_description text, p_team_id uuid, p_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_project(p_project_id uuid, p_name text, p_description text, p_team_id uuid, p_version integer) TO authenticated;


--
-- Name: FUNCTION update_schedule(p_schedule_id uuid, p_changes jsonb, p_version integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.update_schedule(p_schedule_id uuid, p_changes jsonb, p_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_schedule(p_schedule_id uuid, p_changes jsonb, p_version integer) TO authenticated;


--
-- Name: FUNCTION update_task(p_task_id uuid, p_changes jsonb, p_version integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.update_task(p_task_id uuid, p_changes jsonb, p_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_task(p_task_id uuid, p_changes jsonb, p_version integer) TO authenticated;


--
-- Name: FUNCTION update_task_status(p_task_id uuid, p_status text, p_lease_token bigint, p_output jsonb, p_error jsonb); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.update_task_status(p_task_id uuid, p_status text, p_lease_token bigint, p_output jsonb, p_error jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_task_status(p_task_id uuid, p_status text, p_lease_token bigint, p_output jsonb, p_error jsonb) TO authenticated;
GRANT ALL ON FUNCTION public.update_task_status(p_task_id uuid, p_status text, p_lease_token bigint, p_output jsonb, p_error jsonb) TO agent;


--
-- Name: FUNCTION update_team(p_team_id uuid, p_name text, p_version integer); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.update_team(p_team_id uuid, p_name text, p_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_team(p_team_id uuid, p_name text, p_version integer) TO authenticated;


--
-- Name: FUNCTION whoami(); Type: ACL; Schema: public; Owner: devos_lookup
--

REVOKE ALL ON FUNCTION public.whoami() FROM PUBLIC;
GRANT ALL ON FUNCTION public.whoami() TO authenticated;
GRANT ALL ON FUNCTION public.whoami() TO agent;
GRANT ALL ON FUNCTION public.whoami() TO integration;


--
-- Name: FUNCTION write_progress(p_task_id uuid, p_lease_token bigint, p_progress numeric, p_note text); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.write_progress(p_task_id uuid, p_lease_token bigint, p_progress numeric, p_note text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.write_progress(p_task_id uuid, p_lease_token bigint, p_progress numeric, p_note text) TO agent;


--
-- Name: FUNCTION write_task_logs(p_task_id uuid, p_lease_token bigint, p_lines jsonb, p_limit_lines integer, p_limit_bytes bigint); Type: ACL; Schema: public; Owner: devos_api
--

REVOKE ALL ON FUNCTION public.write_task_logs(p_task_id uuid, p_lease_token bigint, p_lines jsonb, p_limit_lines integer, p_limit_bytes bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.write_task_logs(p_task_id uuid, p_lease_token bigint, p_lines jsonb, p_limit_lines integer, p_limit_bytes bigint) TO agent;


--
-- Name: TABLE identities; Type: ACL; Schema: auth; Owner: postgres
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.identities TO devos_api;
GRANT SELECT ON TABLE auth.identities TO devos_lookup;


--
-- Name: TABLE refresh_tokens; Type: ACL; Schema: auth; Owner: postgres
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.refresh_tokens TO devos_api;
GRANT SELECT ON TABLE auth.refresh_tokens TO devos_lookup;


--
-- Name: TABLE sessions; Type: ACL; Schema: auth; Owner: postgres
--

GRANT SELECT ON TABLE auth.sessions TO devos_lookup;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE auth.sessions TO devos_api;


--
-- Name: TABLE users; Type: ACL; Schema: auth; Owner: postgres
--

GRANT REFERENCES ON TABLE auth.users TO devos_owner;
GRANT SELECT ON TABLE auth.users TO devos_lookup;
GRANT SELECT,INSERT,UPDATE ON TABLE auth.users TO devos_api;


--
-- Name: TABLE agent_keys; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT SELECT ON TABLE private.agent_keys TO devos_lookup;
GRANT SELECT,INSERT,UPDATE ON TABLE private.agent_keys TO devos_api;
GRANT SELECT ON TABLE private.agent_keys TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.agent_keys TO devos_migrator;


--
-- Name: TABLE artifact_blobs; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT SELECT,INSERT ON TABLE private.artifact_blobs TO devos_api;
GRANT SELECT,INSERT,DELETE ON TABLE private.artifact_blobs TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.artifact_blobs TO devos_migrator;


--
-- Name: TABLE auth_flows; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.auth_flows TO devos_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.auth_flows TO devos_migrator;


--
-- Name: TABLE broker_users; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.broker_users TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.broker_users TO devos_migrator;


--
-- Name: TABLE idempotency_keys; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.idempotency_keys TO devos_migrator;
GRANT SELECT,INSERT,UPDATE ON TABLE private.idempotency_keys TO devos_api;
GRANT SELECT,DELETE ON TABLE private.idempotency_keys TO devos_jobs;


--
-- Name: SEQUENCE lease_tokens; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT USAGE ON SEQUENCE private.lease_tokens TO devos_api;


--
-- Name: TABLE limit_rooms; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.limit_rooms TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.limit_rooms TO devos_migrator;


--
-- Name: TABLE outbox; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT INSERT ON TABLE private.outbox TO devos_journal;
GRANT SELECT,DELETE,UPDATE ON TABLE private.outbox TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.outbox TO devos_migrator;


--
-- Name: TABLE rate_limits; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.rate_limits TO devos_api;
GRANT SELECT,INSERT,UPDATE ON TABLE private.rate_limits TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.rate_limits TO devos_migrator;


--
-- Name: TABLE secret_values; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.secret_values TO devos_migrator;
GRANT SELECT,INSERT,UPDATE ON TABLE private.secret_values TO devos_jobs;


--
-- Name: TABLE task_logs_default; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.task_logs_default TO devos_migrator;


--
-- Name: TABLE task_search; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.task_search TO devos_migrator;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.task_search TO devos_jobs;
GRANT SELECT ON TABLE private.task_search TO devos_lookup;


--
-- Name: TABLE task_search_position; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.task_search_position TO devos_migrator;
GRANT SELECT,UPDATE ON TABLE private.task_search_position TO devos_jobs;


--
-- Name: TABLE task_successors; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.task_successors TO devos_migrator;
GRANT SELECT,INSERT ON TABLE private.task_successors TO devos_api;


--
-- Name: TABLE token_hashes; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT INSERT ON TABLE private.token_hashes TO devos_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.token_hashes TO devos_migrator;
GRANT SELECT ON TABLE private.token_hashes TO devos_lookup;


--
-- Name: TABLE token_uses; Type: ACL; Schema: private; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE private.token_uses TO devos_migrator;
GRANT SELECT,INSERT,UPDATE ON TABLE private.token_uses TO devos_api;


--
-- Name: TABLE agent_heartbeats; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.agent_heartbeats TO authenticated;
GRANT SELECT ON TABLE public.agent_heartbeats TO agent;
GRANT SELECT,INSERT,UPDATE ON TABLE public.agent_heartbeats TO devos_api;
GRANT SELECT,INSERT,UPDATE ON TABLE public.agent_heartbeats TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_heartbeats TO devos_migrator;


--
-- Name: TABLE agent_lanes; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.agent_lanes TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_lanes TO devos_api;
GRANT SELECT,INSERT,UPDATE ON TABLE public.agent_lanes TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_lanes TO devos_migrator;


--
-- Name: TABLE agent_projects; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.agent_projects TO authenticated;
GRANT SELECT ON TABLE public.agent_projects TO agent;
GRANT SELECT,INSERT,DELETE ON TABLE public.agent_projects TO devos_api;
GRANT SELECT ON TABLE public.agent_projects TO devos_lookup;
GRANT SELECT ON TABLE public.agent_projects TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_projects TO devos_migrator;


--
-- Name: TABLE agents; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.agents TO authenticated;
GRANT SELECT ON TABLE public.agents TO agent;
GRANT SELECT,INSERT,UPDATE ON TABLE public.agents TO devos_api;
GRANT SELECT ON TABLE public.agents TO devos_lookup;
GRANT SELECT ON TABLE public.agents TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agents TO devos_migrator;


--
-- Name: TABLE api_tokens; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.api_tokens TO devos_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.api_tokens TO devos_migrator;
GRANT SELECT ON TABLE public.api_tokens TO authenticated;
GRANT SELECT ON TABLE public.api_tokens TO devos_lookup;


--
-- Name: TABLE audit_log; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.audit_log TO authenticated;
GRANT INSERT ON TABLE public.audit_log TO devos_journal;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_log TO devos_migrator;


--
-- Name: TABLE events; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.events TO authenticated;
GRANT SELECT ON TABLE public.events TO devos_api;
GRANT SELECT ON TABLE public.events TO devos_lookup;
GRANT SELECT ON TABLE public.events TO devos_jobs;
GRANT INSERT ON TABLE public.events TO devos_journal;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.events TO devos_migrator;


--
-- Name: TABLE project_members; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE public.project_members TO devos_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.project_members TO devos_migrator;
GRANT SELECT ON TABLE public.project_members TO authenticated;
GRANT SELECT ON TABLE public.project_members TO devos_lookup;


--
-- Name: TABLE project_tokens; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.project_tokens TO devos_migrator;
GRANT SELECT ON TABLE public.project_tokens TO authenticated;
GRANT SELECT,INSERT,UPDATE ON TABLE public.project_tokens TO devos_api;
GRANT SELECT ON TABLE public.project_tokens TO devos_lookup;


--
-- Name: TABLE service_charges; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.service_charges TO authenticated;
GRANT SELECT ON TABLE public.service_charges TO agent;
GRANT SELECT,INSERT ON TABLE public.service_charges TO devos_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_charges TO devos_migrator;


--
-- Name: TABLE state_transitions; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.state_transitions TO devos_migrator;
GRANT SELECT ON TABLE public.state_transitions TO authenticated;
GRANT SELECT ON TABLE public.state_transitions TO agent;
GRANT SELECT ON TABLE public.state_transitions TO devos_api;
GRANT SELECT ON TABLE public.state_transitions TO devos_lookup;
GRANT SELECT ON TABLE public.state_transitions TO devos_jobs;


--
-- Name: TABLE task_dependencies; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_dependencies TO devos_migrator;
GRANT SELECT ON TABLE public.task_dependencies TO authenticated;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_dependencies TO devos_api;
GRANT SELECT,INSERT,UPDATE ON TABLE public.task_dependencies TO devos_jobs;


--
-- Name: TABLE task_log_counts; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.task_log_counts TO authenticated;
GRANT SELECT ON TABLE public.task_log_counts TO agent;
GRANT SELECT,INSERT,UPDATE ON TABLE public.task_log_counts TO devos_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_log_counts TO devos_migrator;


--
-- Name: TABLE team_members; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE public.team_members TO devos_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.team_members TO devos_migrator;
GRANT SELECT ON TABLE public.team_members TO authenticated;
GRANT SELECT ON TABLE public.team_members TO devos_lookup;


--
-- Name: TABLE user_roles; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.user_roles TO devos_api;
GRANT SELECT ON TABLE public.user_roles TO authenticated;
GRANT SELECT ON TABLE public.user_roles TO devos_lookup;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_roles TO devos_migrator;


--
-- Name: TABLE webhook_deliveries; Type: ACL; Schema: public; Owner: devos_owner
--

GRANT SELECT ON TABLE public.webhook_deliveries TO authenticated;
GRANT INSERT ON TABLE public.webhook_deliveries TO devos_api;
GRANT SELECT,UPDATE ON TABLE public.webhook_deliveries TO devos_jobs;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_deliveries TO devos_migrator;


--
-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: devos_api
--

ALTER DEFAULT PRIVILEGES FOR ROLE devos_api REVOKE ALL ON FUNCTIONS FROM PUBLIC;


--
-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: devos_jobs
--

ALTER DEFAULT PRIVILEGES FOR ROLE devos_jobs REVOKE ALL ON FUNCTIONS FROM PUBLIC;


--
-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: devos_journal
--

ALTER DEFAULT PRIVILEGES FOR ROLE devos_journal REVOKE ALL ON FUNCTIONS FROM PUBLIC;


--
-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: devos_lookup
--

ALTER DEFAULT PRIVILEGES FOR ROLE devos_lookup REVOKE ALL ON FUNCTIONS FROM PUBLIC;


--
-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: devos_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE devos_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;


--
-- PostgreSQL database dump complete
--

\unrestrict devos

