CREATE TABLE "sync"."reprocess" (
	"reprocess_id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sync"."reprocess_reprocess_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"selection" jsonb NOT NULL,
	"normalizer_version" integer NOT NULL,
	"until_raw_id" bigint NOT NULL,
	"operation" text,
	"after_raw_id" bigint DEFAULT 0 NOT NULL,
	"counts" jsonb NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"advanced_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "reprocess_unfinished" ON "sync"."reprocess" USING btree ("reprocess_id") WHERE "sync"."reprocess"."ended_at" IS NULL;--> statement-breakpoint
COMMENT ON TABLE "sync"."reprocess" IS 'One reading of stored answers with newer code (catalog-sync reprocess --yes), and how far it is.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."reprocess"."reprocess_id" IS 'Ours.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."reprocess"."selection" IS 'Which answers: operation, offer, since, quarantined only, versions below.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."reprocess"."normalizer_version" IS 'Version of the code that reads them.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."reprocess"."until_raw_id" IS 'Newest answer when it began: later ones are read by that code anyway.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."reprocess"."operation" IS 'Operation whose answers it is at; null: at none yet.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."reprocess"."after_raw_id" IS 'Newest answer of that operation that it has done.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."reprocess"."counts" IS 'What it read and changed so far.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."reprocess"."started_at" IS 'When it began.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."reprocess"."advanced_at" IS 'When its last batch was done.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."reprocess"."ended_at" IS 'When it was done; null: it is under way, or was killed and goes on with the same command.';
