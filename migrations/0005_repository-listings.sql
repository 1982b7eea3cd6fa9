CREATE INDEX `repositories_listed` ON `repositories` (`project_id`,`name`,`id`,`published_at_ms`) WHERE published_at_ms is not null;--> statement-breakpoint
CREATE INDEX `repositories_created` ON `repositories` (`project_id`,`created_at_ms`,`id`,`published_at_ms`) WHERE published_at_ms is not null;--> statement-breakpoint
CREATE INDEX `repositories_updated` ON `repositories` (`project_id`,`updated_at_ms`,`id`,`published_at_ms`) WHERE published_at_ms is not null;--> statement-breakpoint
CREATE INDEX `repositories_pulled` ON `repositories` (`project_id`,`pull_count`,`id`,`published_at_ms`) WHERE published_at_ms is not null;--> statement-breakpoint
CREATE INDEX `repositories_newest` ON `repositories` (`created_at_ms`,`id`,`project_id`,`published_at_ms`) WHERE published_at_ms is not null;--> statement-breakpoint
CREATE INDEX `repositories_prefix` ON `repositories` (`name`,`published_at_ms`) WHERE published_at_ms is not null;--> statement-breakpoint
CREATE INDEX `repositories_detached` ON `repositories` (`id`) WHERE instr(name, '#') > 0;--> statement-breakpoint
-- A repository that is taken out of sight before it is removed is counted and found no more.
CREATE TRIGGER `repositories_unpublished` AFTER UPDATE OF `published_at_ms` ON `repositories` WHEN OLD.`published_at_ms` IS NOT NULL AND NEW.`published_at_ms` IS NULL BEGIN
  UPDATE `projects` SET `repository_count` = `repository_count` - 1 WHERE `id` = OLD.`project_id`;
  DELETE FROM `repository_search` WHERE `rowid` = OLD.`id`;
END;
