-- No search_path of its own, and so read into the query that asks: creation looks here for every task.
create function private.builtin_kinds()
returns setof public.kinds
language sql immutable
as $$
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
$$;
comment on function private.builtin_kinds is
    'The kinds that every project has. Their inputs carry ids and names, never copies of what these stand for.';
grant execute on function private.builtin_kinds to devos_lookup;
