-- Purpose: what is left of every limit right now. The second is a pace, not an allowance, and has no row.
CREATE VIEW usage.quota_status AS
SELECT k.app_key, w.api, w.window_kind, l.source, l.is_assumed, w.reset, w.call_limit, w.used, f.reserved,
       w."unknown", w.external, greatest(0, w.call_limit - w.used) AS remaining, w.free_at AS reset_at
FROM (SELECT DISTINCT app_key, api FROM usage.quota_limit) k
CROSS JOIN usage.ledger_now() now
CROSS JOIN LATERAL usage.quota_windows(k.app_key, k.api, now, now) w
JOIN usage.quota_limit l USING (limit_id)
CROSS JOIN LATERAL (
  SELECT count(*)::int AS reserved FROM usage.in_flight i WHERE i.quota_window_ids && w.window_ids
) f
WHERE w.api = k.api;

COMMENT ON VIEW usage.quota_status IS
  'What is left of every limit in effect: one row an app, API and window (minute, day, month), also when nothing was called.';
COMMENT ON COLUMN usage.quota_status.app_key IS 'The app whose calls are limited.';
COMMENT ON COLUMN usage.quota_status.api IS 'namespace:name:version of the API, or * for the app as a whole.';
COMMENT ON COLUMN usage.quota_status.window_kind IS 'minute, day or month.';
COMMENT ON COLUMN usage.quota_status.source IS 'Where the limit comes from: preset, configured or observed.';
COMMENT ON COLUMN usage.quota_status.is_assumed IS 'True until somebody confirmed the limit.';
COMMENT ON COLUMN usage.quota_status.reset IS 'calendar: starts anew at reset_at. rolling: counts what lies a window''s length back.';
COMMENT ON COLUMN usage.quota_status.call_limit IS 'Calls that may be made within the window.';
COMMENT ON COLUMN usage.quota_status.used IS 'Calls that count against the limit: granted and not refunded, and those booked for others.';
COMMENT ON COLUMN usage.quota_status.reserved IS 'Those of used that are in flight.';
COMMENT ON COLUMN usage.quota_status."unknown" IS 'Those of used whose end nobody knows; they stay counted.';
COMMENT ON COLUMN usage.quota_status.external IS 'Those of used that others made with the same key.';
COMMENT ON COLUMN usage.quota_status.remaining IS 'Calls left; 0 also when a limit was lowered below what is used.';
COMMENT ON COLUMN usage.quota_status.reset_at IS 'When the window starts anew; of a rolling one, when its oldest calls stop counting (null: none).';
