CREATE INDEX `repositories_listed` ON `repositories` (`project_id`,`name`,`id`,`published_at_ms`) WHERE published_at_ms is not null;--> statement-breakpoint
CREATE INDEX `repositories_created` ON `repositories` (`project_id`,`created_at_ms`,`id`,`published_at_ms`) WHERE published_at_ms is not null;--> statement-breakpoint
CREATE INDEX `repositories_updated` ON `repositories` (`project_id`,`updated_at_ms`,`id`,`published_at_ms`) WHERE published_at_ms is not null;--> statement-breakpoint
CREATE INDEX `repositories_pulled` ON `repositories` (`project_id`,`pull_count`,`id`,`published_at_ms`) WHERE published_at_ms is not null;--> statement-breakpoint
CREATE INDEX `repositories_newest` ON `repositories` (`created_at_ms`,`id`,`project_id`,`published_at_ms`) WHERE published_at_ms is not null;--> statement-breakpoint
CREATE INDEX `repositories_prefix` ON `repositories` (`name`,`published_at_ms`) WHERE published_at_ms is not null;