CREATE TABLE "agent_limits" (
	"agent_id" text PRIMARY KEY NOT NULL,
	"bandwidth" jsonb,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "vault_limits" (
	"vault_id" uuid PRIMARY KEY NOT NULL,
	"max_runs" integer,
	"bytes_per_second" bigint,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "receiver_settings" ALTER COLUMN "max_clients" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "bandwidth" jsonb;--> statement-breakpoint
ALTER TABLE "receiver_settings" ADD COLUMN "draining" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "held_back" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "runs_held_back" ON "runs" USING btree ("scheduled_for","id") WHERE held_back;