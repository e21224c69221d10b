-- Purpose: lets catalog_analyst, catalog_ops and catalog_bi, where they exist, read what they may. Idempotent.
-- Params:  none
-- Returns: nothing
CREATE OR REPLACE FUNCTION sync.grant_readers() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
DECLARE
  has_analyst boolean := EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_analyst');
  has_ops boolean := EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_ops');
  has_bi boolean := EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_bi');
BEGIN
  IF has_analyst THEN
    GRANT USAGE ON SCHEMA catalog, analytics TO catalog_analyst;
    GRANT SELECT ON ALL TABLES IN SCHEMA catalog, analytics TO catalog_analyst;
  END IF;
  IF has_ops THEN
    -- USAGE of schema catalog gives its names only: functions of analytics call those that its index is made by.
    GRANT USAGE ON SCHEMA analytics, usage, sync, catalog TO catalog_ops;
    GRANT SELECT ON ALL TABLES IN SCHEMA analytics, usage, sync TO catalog_ops;
    REVOKE ALL ON sync.token FROM catalog_ops;
  END IF;
  IF has_bi THEN
    -- The names of schema catalog, as for catalog_ops.
    GRANT USAGE ON SCHEMA analytics, usage, catalog TO catalog_bi;
    GRANT SELECT ON ALL TABLES IN SCHEMA analytics, usage TO catalog_bi;
  END IF;
END
$$;

COMMENT ON FUNCTION sync.grant_readers() IS
  'Lets catalog_analyst, catalog_ops and catalog_bi, where they exist, read what they may. Called whenever the views are made anew; call it after making the roles by hand.';
