-- Purpose: distinguishes apps without storing their keys.
-- Params:  p_app_key text
-- Returns: text: 16 hex digits of a SHA-256
CREATE OR REPLACE FUNCTION sync.app_fingerprint(p_app_key text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT left(encode(sha256(convert_to('catalog-sync app ' || p_app_key, 'UTF8')), 'hex'), 16)
$$;
