DROP INDEX `projects_public`;--> statement-breakpoint
CREATE INDEX `projects_live_name` ON `projects` (`name`,`id`,`deleted_at_ms`) WHERE deleted_at_ms is null;--> statement-breakpoint
CREATE INDEX `projects_live_created` ON `projects` (`created_at_ms`,`id`,`deleted_at_ms`) WHERE deleted_at_ms is null;--> statement-breakpoint
CREATE INDEX `projects_live_updated` ON `projects` (`updated_at_ms`,`id`,`deleted_at_ms`) WHERE deleted_at_ms is null;--> statement-breakpoint
CREATE INDEX `projects_live_id` ON `projects` (`id`,`deleted_at_ms`) WHERE deleted_at_ms is null;--> statement-breakpoint
CREATE INDEX `projects_public_name` ON `projects` (`is_public`,`name`,`id`,`deleted_at_ms`) WHERE deleted_at_ms is null;--> statement-breakpoint
CREATE INDEX `projects_public_created` ON `projects` (`is_public`,`created_at_ms`,`id`,`deleted_at_ms`) WHERE deleted_at_ms is null;--> statement-breakpoint
CREATE INDEX `projects_public_updated` ON `projects` (`is_public`,`updated_at_ms`,`id`,`deleted_at_ms`) WHERE deleted_at_ms is null;--> statement-breakpoint
CREATE INDEX `projects_public_id` ON `projects` (`is_public`,`id`,`deleted_at_ms`) WHERE deleted_at_ms is null;--> statement-breakpoint
CREATE INDEX `projects_owner` ON `projects` (`owner_id`,`name`,`id`,`deleted_at_ms`) WHERE deleted_at_ms is null;