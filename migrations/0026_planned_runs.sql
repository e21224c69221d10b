ALTER TABLE "sync"."run" ADD COLUMN "forecast" jsonb;--> statement-breakpoint
COMMENT ON COLUMN "sync"."run"."forecast" IS 'What it was expected to do, as it began: {"calls": {operation: calls}, "newOffers", "changedOffers", "seconds"}; null: nobody asked.';
