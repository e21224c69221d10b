-- What a detail was taken for. A release that does not know this column leaves it empty.
ALTER TABLE sync.refresh ADD COLUMN leased_for text;
COMMENT ON COLUMN sync.refresh.leased_for IS 'Why the run has taken it: max_age (a feed promises that its detail is never older), or null for its value. Means nothing once it is free.';
COMMENT ON COLUMN usage.api_call.prompted_by IS 'Why a detail was asked for: first (no detail had shown the offer), row (a row had another price), modify_date (another date of modification), absence (a complete pass without it), max_age (a feed promises that it is never older), or value (the call was worth most of those that were due). Null: no detail, not loaded, or loaded before this was booked.';
