CREATE TABLE "snapshot_pins" (
	"snapshot_id" uuid PRIMARY KEY NOT NULL,
	"pinned_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
DROP INDEX "runs_one_active";--> statement-breakpoint
DROP INDEX "runs_one_waiting";--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "retention" jsonb;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "recovery_point_seconds" integer;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "verify_schedule" jsonb;--> statement-breakpoint
ALTER TABLE "run_requests" ADD COLUMN "task" jsonb;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "task" jsonb;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "task_result" jsonb;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "agent_id" text;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "agent_folder" text;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "plan_folder" text;--> statement-breakpoint
UPDATE "snapshots" SET "agent_id" = "plans"."agent_id", "agent_folder" = "plans"."agent_id", "plan_folder" = "plans"."name" FROM "plans" WHERE "plans"."id" = "snapshots"."plan_id";--> statement-breakpoint
DELETE FROM "snapshots" WHERE "agent_id" IS NULL;--> statement-breakpoint
ALTER TABLE "snapshots" ALTER COLUMN "agent_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "snapshots" ALTER COLUMN "agent_folder" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "snapshots" ALTER COLUMN "plan_folder" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "verified_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "damages" jsonb;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "removed_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "runs_one_active" ON "runs" USING btree ("plan_id","kind") WHERE state in ('queued', 'running') and kind <> 'restore';--> statement-breakpoint
CREATE UNIQUE INDEX "runs_one_waiting" ON "runs" USING btree ("plan_id","kind") WHERE state = 'waiting' and kind <> 'restore';