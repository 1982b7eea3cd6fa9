DROP INDEX `projects_path`;--> statement-breakpoint
CREATE INDEX `projects_path` ON `projects` ((name || '/')) WHERE repository_count > 0;--> statement-breakpoint
CREATE INDEX `artifacts_type` ON `artifacts` (`repository_id`,`type`,`pushed_at_ms`,`id`) WHERE accessory_type is null and (tag_count > 0 or parent_count = 0);--> statement-breakpoint
CREATE INDEX `users_administrators` ON `users` (`id`) WHERE is_system_admin = 1 and deleted_at_ms is null;