ALTER TABLE "sync"."seller_observation" ADD COLUMN "name_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync"."seller_observation" ADD COLUMN "name_call_id" bigint;--> statement-breakpoint
COMMENT ON COLUMN "sync"."seller_observation"."name_at" IS 'When the call was granted whose answer is the newest that told the name; null: none did.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."seller_observation"."name_call_id" IS 'That call (soft reference).';--> statement-breakpoint
-- Until now a seller had the name that its newest description told, or none.
UPDATE "sync"."seller_observation" l SET "name_at" = l."observed_at", "name_call_id" = l."call_id"
FROM "catalog"."seller" s WHERE s."seller_id" = l."seller_id" AND s."company_name" IS NOT NULL;
