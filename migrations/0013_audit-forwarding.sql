CREATE TABLE `audit_forwarding` (
	`id` integer PRIMARY KEY NOT NULL,
	`endpoint` text NOT NULL,
	`forwarded_id` integer NOT NULL,
	`lease_token` text,
	`lease_until_ms` integer DEFAULT 0 NOT NULL,
	`retry_at_ms` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX `robots_expiry`;--> statement-breakpoint
CREATE INDEX `robots_expiry` ON `robots` (`expires_at_ms`) WHERE expires_at_ms is not null and announced_expiry_ms is not expires_at_ms;--> statement-breakpoint
ALTER TABLE `audit_log` ADD `is_silent` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `dead_letters_at` ON `dead_letters` (`at_ms`);