-- Purpose: keeps the (sealed) tokens of an app.
-- Params:  $1 text app key; $2 bytea access token; $3 timestamptz its end; $4 bytea refresh token;
--          $5 timestamptz its end
-- Returns: nothing
INSERT INTO sync.token (app_key, access_token, access_expires_at, refresh_token, refresh_expires_at, updated_at)
VALUES ($1::text, $2::bytea, $3::timestamptz, $4::bytea, $5::timestamptz, clock_timestamp())
ON CONFLICT (app_key) DO UPDATE
SET access_token = excluded.access_token,
    access_expires_at = excluded.access_expires_at,
    refresh_token = excluded.refresh_token,
    refresh_expires_at = excluded.refresh_expires_at,
    updated_at = excluded.updated_at;
