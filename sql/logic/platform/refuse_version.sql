create function private.refuse_version()
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.fail(412, 'version_changed', 'Somebody has changed this since you read it.',
        'Read it again, and send your change with the ETag of that answer in If-Match.');
end;
$$;
comment on function private.refuse_version is 'PT412 version_changed, for an edit that was made from an older version.';
