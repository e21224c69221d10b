-- The group of programs that make reports, such as dbt: it reads the views, and neither tables of the catalog nor of the sync.
-- Roles belong to the server, so it may be there already.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_bi') THEN
    RETURN;
  END IF;
  CREATE ROLE catalog_bi NOLOGIN;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN
    NULL;
  WHEN insufficient_privilege THEN
    RAISE WARNING 'role catalog_bi is not made, for % may not make roles; docs/querying.md says how', current_user;
END
$$;
