ALTER TABLE "sync"."search_window" DROP CONSTRAINT "search_window_last_outcome";--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "parent_window_id" bigint;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "is_split" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "is_splittable" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "is_doubted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "ids_listed" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "new_offers" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "changed_offers" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "stale_pages" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "last_reach" integer;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "last_new" integer;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "last_changed" integer;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "full_pass_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "saved_calls" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD CONSTRAINT "search_window_parent_window_id_search_window_window_id_fk" FOREIGN KEY ("parent_window_id") REFERENCES "sync"."search_window"("window_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "search_window_parent" ON "sync"."search_window" USING btree ("parent_window_id") WHERE "sync"."search_window"."parent_window_id" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD CONSTRAINT "search_window_last_outcome" CHECK ("sync"."search_window"."last_outcome" IN ('complete', 'capped', 'max_pages', 'page_repeated', 'short', 'split', 'stale', 'truncated', 'unproven'));--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."parent_window_id" IS 'Search that it is a part of: the same query within narrower prices. Null: it is a search of its own.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."is_split" IS 'Its parts are asked for in its place, for it lists less than there is.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."is_splittable" IS 'False: 1688 answered to its parts as to the whole, so that parts bring nothing.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."is_doubted" IS 'The pass met a page that does not fit its list: the next such page ends it.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."ids_listed" IS 'Different offers that the pass listed so far.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."new_offers" IS 'Offers that the pass so far showed first.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."changed_offers" IS 'Known offers that the pass so far showed changed.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."stale_pages" IS 'Pages in a row, up to the last one, on which nothing was new or changed.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."last_reach" IS 'Different offers that the last pass listed; null: not known.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."last_new" IS 'Offers that the last pass showed first; null: not known.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."last_changed" IS 'Known offers that the last pass showed changed; null: not known.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."full_pass_at" IS 'When the newest pass ended that was not stopped early; null: not known.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."saved_calls" IS 'Pages that passes did not ask for since they stopped early, all together.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."last_outcome" IS 'How the last pass ended: complete, unproven, capped, max_pages, page_repeated, truncated, short, stale or split.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."search_window"."total_records" IS 'As 1688 last reported it: at most 2,000, whatever there is.';
