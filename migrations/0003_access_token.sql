-- What 1688 made of access tokens, so that no process spends calls on one that another process saw refused.
CREATE TABLE usage.access_token (
  app_key text NOT NULL,
  token_hash bytea NOT NULL,
  is_refused boolean NOT NULL,
  observed_at timestamptz NOT NULL,
  observed_call_id bigint NOT NULL,
  PRIMARY KEY (app_key, token_hash)
);
--> statement-breakpoint
ALTER TABLE usage.in_flight ADD COLUMN token_hash bytea;
--> statement-breakpoint
COMMENT ON TABLE usage.access_token IS 'Access tokens that calls carried, and whether 1688 takes them. Of a token that is refused or unknown, one call at a time finds out.';
COMMENT ON COLUMN usage.access_token.app_key IS 'App key.';
COMMENT ON COLUMN usage.access_token.token_hash IS 'SHA-256 of app key and token.';
COMMENT ON COLUMN usage.access_token.is_refused IS 'Whether the latest answer refused it.';
COMMENT ON COLUMN usage.access_token.observed_at IS 'When that answer came (ledger clock).';
COMMENT ON COLUMN usage.access_token.observed_call_id IS 'The call that showed it (soft reference).';
COMMENT ON COLUMN usage.in_flight.token_hash IS 'Hash of the access token that it carries (usage.access_token); null: none.';
