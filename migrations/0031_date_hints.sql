-- A row with another date of modification is counted as a change until a detail says what changed. A release that does not know the column
-- leaves it as it is.
ALTER TABLE "sync"."refresh" ADD COLUMN "date_hinted_at" timestamp with time zone;
COMMENT ON COLUMN sync.refresh.date_hinted_at IS 'When a search row with the same price and another date of modification came that was counted as a change of the offer and its prices, and neither a detail nor a row with another price since. Null: none.';
