COMMENT ON COLUMN sync.run.last_error_code IS 'Code of the last of these; without any, of the last target that was postponed; null: without either.';
