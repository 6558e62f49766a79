CREATE TABLE "certificates" (
	"serial" text PRIMARY KEY NOT NULL,
	"role" text NOT NULL,
	"member_id" text NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"not_after" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"role" text NOT NULL,
	"member_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "members" (
	"role" text NOT NULL,
	"id" text NOT NULL,
	"public_key" text NOT NULL,
	"key_id" text NOT NULL,
	"hostname" text NOT NULL,
	"version" text NOT NULL,
	"redis_password_hash" text,
	"joined_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "members_role_id_pk" PRIMARY KEY("role","id")
);
--> statement-breakpoint
CREATE INDEX "certificates_member" ON "certificates" USING btree ("role","member_id");--> statement-breakpoint
CREATE INDEX "certificates_revoked" ON "certificates" USING btree ("not_after") WHERE revoked_at is not null;--> statement-breakpoint
CREATE INDEX "invitations_expiry" ON "invitations" USING btree ("expires_at");