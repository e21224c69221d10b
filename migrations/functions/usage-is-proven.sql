-- Purpose: whether the latest known fact about an API is that it answers the app.
-- Params:  p_app_key text; p_api text
-- Returns: boolean
--
-- PL/pgSQL caches its plan; an SQL function is planned at every call.
CREATE OR REPLACE FUNCTION usage.is_proven(p_app_key text, p_api text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM sync.api_permission p
                 WHERE p.app_key = p_app_key AND p.api = p_api AND p.observed = 'allowed');
END $$;
