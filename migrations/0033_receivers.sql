ALTER TABLE "sync"."notification" ADD COLUMN "urgent_state" text;--> statement-breakpoint
ALTER TABLE "sync"."notification" ADD COLUMN "urgent_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync"."notification" ADD CONSTRAINT "notification_urgent_state" CHECK ("sync"."notification"."urgent_state" IN ('lasting', 'over'));--> statement-breakpoint
ALTER TABLE "sync"."notification" ADD CONSTRAINT "notification_urgent_at" CHECK (("sync"."notification"."urgent_state" IS NULL) = ("sync"."notification"."urgent_at" IS NULL));--> statement-breakpoint
UPDATE sync.notification SET urgent_state = notified_state, urgent_at = notified_at WHERE severity = 'act';--> statement-breakpoint
COMMENT ON COLUMN sync.notification.notified_state IS 'Last message about it that NOTIFY_WEBHOOK_URL took: lasting (also of an event), over, or null: none yet.';--> statement-breakpoint
COMMENT ON COLUMN sync.notification.notified_at IS 'When NOTIFY_WEBHOOK_URL took the last message about it.';--> statement-breakpoint
COMMENT ON COLUMN sync.notification.urgent_state IS 'The same of NOTIFY_URGENT_WEBHOOK_URL.';--> statement-breakpoint
COMMENT ON COLUMN sync.notification.urgent_at IS 'When NOTIFY_URGENT_WEBHOOK_URL took the last message about it.';
