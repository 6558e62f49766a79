CREATE TABLE "failed_attempts" (
	"run_id" uuid NOT NULL,
	"attempt" integer NOT NULL,
	"ended_at" timestamp (3) with time zone NOT NULL,
	"receiver_id" text,
	"code" text NOT NULL,
	"message" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "vault_samples" (
	"vault_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"stored_bytes" bigint NOT NULL,
	"snapshots" integer NOT NULL,
	"free_bytes" bigint,
	"total_bytes" bigint
);
--> statement-breakpoint
CREATE UNIQUE INDEX "failed_attempts_key" ON "failed_attempts" USING btree ("run_id","attempt");--> statement-breakpoint
CREATE UNIQUE INDEX "vault_samples_key" ON "vault_samples" USING btree ("vault_id","at");--> statement-breakpoint
CREATE INDEX "runs_by_agent" ON "runs" USING btree ("agent_id","scheduled_for" DESC NULLS FIRST,"id" DESC NULLS FIRST);