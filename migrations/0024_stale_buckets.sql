-- By hand: buckets of details that are known to be wrong, or were never fetched, are those below 0.
UPDATE "sync"."refresh" SET bucket = 2097151 - bucket WHERE bucket >= 2097152;--> statement-breakpoint
COMMENT ON COLUMN "sync"."refresh"."bucket" IS 'Offers of one number matter and change about the same (docs/planner.md); below 0: the detail is known to be wrong, or was never fetched; null: gone, not to be asked for.';
