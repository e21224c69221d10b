ALTER TABLE "sync"."planner" ADD COLUMN "recent_found" real DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."planner" ADD COLUMN "recent_empty" real DEFAULT 0 NOT NULL;--> statement-breakpoint
COMMENT ON COLUMN sync.planner.recent_found IS 'Details of the last answers that had the offer; each counts a twentieth less than the one after it.';--> statement-breakpoint
COMMENT ON COLUMN sync.planner.recent_empty IS 'As recent_found, of those that were empty although no complete pass lacked the offer. Five or more, and as many as recent_found: empty details are not believed.';--> statement-breakpoint
COMMENT ON COLUMN sync.refresh.changed_at IS 'Newest observation that was the first to show a change; null: none was.';
