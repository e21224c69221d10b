ALTER TABLE "usage"."api_hold" ADD COLUMN "reason" text;
--> statement-breakpoint
COMMENT ON COLUMN "usage"."api_hold"."reason" IS 'Why a person holds it, in their words; null: they gave none, or 1688 refused.';
