ALTER TABLE "sync"."worker" ADD COLUMN "sync_hash" text;--> statement-breakpoint
COMMENT ON COLUMN "sync"."worker"."sync_hash" IS 'Hash of what its catalog-sync.yaml says: those that work at the same time should agree. Null: a version that did not say.';
