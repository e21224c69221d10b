CREATE TABLE "sync"."notification" (
	"issue" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"severity" text NOT NULL,
	"summary" text NOT NULL,
	"remedy" text NOT NULL,
	"path" text NOT NULL,
	"began_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"notified_state" text,
	"notified_at" timestamp with time zone,
	CONSTRAINT "notification_kind" CHECK ("sync"."notification"."kind" IN ('state', 'event')),
	CONSTRAINT "notification_severity" CHECK ("sync"."notification"."severity" IN ('act', 'warn')),
	CONSTRAINT "notification_notified_state" CHECK ("sync"."notification"."notified_state" IN ('lasting', 'over')),
	CONSTRAINT "notification_notified_at" CHECK (("sync"."notification"."notified_state" IS NULL) = ("sync"."notification"."notified_at" IS NULL))
);
--> statement-breakpoint
CREATE TABLE "sync"."notification_delivery" (
	"is_only_row" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"checked_at" timestamp with time zone,
	"delivered_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"failing_since" timestamp with time zone,
	"attempted_at" timestamp with time zone,
	"next_attempt_at" timestamp with time zone,
	"error_code" text,
	"error" text,
	CONSTRAINT "notification_delivery_one_row" CHECK ("sync"."notification_delivery"."is_only_row")
);
--> statement-breakpoint
COMMENT ON TABLE "sync"."notification" IS 'What people were told of by a webhook, or are to be told of: one row a concern. What ended more than 30 days ago is removed.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification"."issue" IS 'What it is about, as in run:all:targets_failed: the same concern has the same name each time.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification"."kind" IS 'state: it lasts until it is mended, and its end is told. event: it happened, and is told once.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification"."severity" IS 'act: a person is needed. warn: it goes on by itself, for now.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification"."summary" IS 'What has happened, in a sentence, as it was last seen.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification"."remedy" IS 'What to do.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification"."path" IS 'The page of the ops pages that shows it.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification"."began_at" IS 'When it was first seen, of the present or last time that it lasted.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification"."last_seen_at" IS 'When it was last seen to last.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification"."ended_at" IS 'When it was first seen to be over; null: it lasts.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification"."notified_state" IS 'What people were told last: lasting or over. Null: nothing yet.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification"."notified_at" IS 'When they were told that, by a message that the receiver took.';--> statement-breakpoint
COMMENT ON TABLE "sync"."notification_delivery" IS 'How the sending of notifications goes. One row at most: there is one receiver.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification_delivery"."is_only_row" IS 'Always true.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification_delivery"."checked_at" IS 'When a process last looked for something to tell.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification_delivery"."delivered_at" IS 'When the receiver last took a message; null: never.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification_delivery"."attempts" IS 'Attempts that failed since then.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification_delivery"."failing_since" IS 'When the first of them was made; null: none failed.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification_delivery"."attempted_at" IS 'When a message was last sent, whatever became of it.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification_delivery"."next_attempt_at" IS 'Nothing is sent before; null: nothing stands in the way.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification_delivery"."error_code" IS 'Why the last attempt failed, by its code in docs/errors.md; null: it did not.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."notification_delivery"."error" IS 'The same in words; never the address of the receiver.';
