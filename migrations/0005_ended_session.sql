-- Sessions of the ops pages that people logged out of, so that a copy of their cookie is good for nothing.
CREATE TABLE sync.ended_session (
  session_id text PRIMARY KEY,
  ended_at timestamptz NOT NULL
);
--> statement-breakpoint
COMMENT ON TABLE sync.ended_session IS 'Sessions of the web pages that people logged out of. A row goes when the cookie of its session has been too old for hours.';
COMMENT ON COLUMN sync.ended_session.session_id IS 'Id of the session. It is not enough to log in: a cookie is also signed.';
COMMENT ON COLUMN sync.ended_session.ended_at IS 'When the log-out was, by the real clock.';
