ALTER TABLE "sync"."feed" ADD COLUMN "watched" bigint[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
COMMENT ON COLUMN "sync"."feed"."watched" IS 'Its watch list: offers that belong to it whether a search lists them or not.';
