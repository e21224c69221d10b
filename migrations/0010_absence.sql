ALTER TABLE "sync"."search_window" DROP CONSTRAINT "search_window_last_outcome";--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "is_pass_steady" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "complete_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync"."refresh" ADD COLUMN "absent_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync"."refresh" ADD COLUMN "absent_call_id" bigint;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD CONSTRAINT "search_window_last_outcome" CHECK ("sync"."search_window"."last_outcome" IN ('complete', 'capped', 'max_pages', 'page_repeated', 'short', 'unproven'));--> statement-breakpoint
-- Of the pages that a pass under way has read nobody looked whether they go together.
UPDATE "sync"."search_window" SET "is_pass_steady" = false WHERE "pass_started_at" IS NOT NULL;--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."is_pass_steady" IS 'The list stood still while the pass, the last one if none is under way, read it: one total, no row twice or unreadable, within an hour.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."complete_since" IS 'When the newest complete pass began: what it and later pages did not list is not there. Null: there was none.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."last_outcome" IS 'complete, unproven, capped, max_pages, page_repeated or short.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."refresh"."absent_at" IS 'When a complete pass began that should have listed the offer and did not; looks before it are known to be stale.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."refresh"."absent_call_id" IS 'Call that completed that pass (soft reference).';--> statement-breakpoint
COMMENT ON COLUMN "catalog"."offer"."state" IS 'listed: on sale; delisted: found, but not on sale; missing: its detail answer was empty, or no search lists it any more; gone: two detail answers in a row were empty.';
