CREATE TABLE `hidden_audit_events` (
	`event_type` text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
DROP INDEX `audit_log_project`;--> statement-breakpoint
DROP INDEX `audit_log_at`;--> statement-breakpoint
ALTER TABLE `audit_log` ADD `is_hidden` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `audit_log_user` ON `audit_log` (`username`,`at_ms`,`id`,`is_hidden`) WHERE is_hidden = 0;--> statement-breakpoint
CREATE INDEX `audit_log_deed` ON `audit_log` (`operation`,`at_ms`,`id`,`is_hidden`) WHERE is_hidden = 0;--> statement-breakpoint
CREATE INDEX `audit_log_hidden` ON `audit_log` (`at_ms`) WHERE is_hidden = 1;--> statement-breakpoint
CREATE INDEX `audit_log_project` ON `audit_log` (`project_id`,`at_ms`,`id`,`is_hidden`) WHERE is_hidden = 0 and project_id is not null;--> statement-breakpoint
CREATE INDEX `audit_log_at` ON `audit_log` (`at_ms`,`id`,`is_hidden`) WHERE is_hidden = 0;