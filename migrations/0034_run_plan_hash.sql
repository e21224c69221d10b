ALTER TABLE "sync"."run" ADD COLUMN "plan_hash" text;--> statement-breakpoint
ALTER TABLE "sync"."worker" ADD COLUMN "plan_hash" text;--> statement-breakpoint
COMMENT ON COLUMN "sync"."run"."plan_hash" IS 'Hash of what the catalog-sync.yaml by which it goes says of feeds, freshness, language and APIs: processes whose file says otherwise leave the run alone. Null: a version that did not say; all drive it.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."worker"."plan_hash" IS 'Hash of what its catalog-sync.yaml says of feeds, freshness, language and APIs: it drives the runs that have the same. Null: a version that did not say.';
