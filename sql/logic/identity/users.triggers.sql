-- as: deployer
-- The table is ours, or Supabase's Auth writes it: either way a person gets its role with its first row.
create trigger devos_handle_new_user after insert on auth.users
    for each row execute function private.handle_new_user();
