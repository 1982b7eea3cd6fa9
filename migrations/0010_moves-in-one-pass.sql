-- Of each blob of a moved repository the links were counted by looking at all of them. Now they are counted once.
DROP TRIGGER `repositories_moved_blobs`;
--> statement-breakpoint
CREATE TRIGGER `repositories_moved_blobs` AFTER UPDATE OF `project_id` ON `repositories` WHEN OLD.`project_id` <> NEW.`project_id` BEGIN
  INSERT INTO `project_blobs` (`project_id`, `blob_id`, `links`) SELECT NEW.`project_id`, `blob_id`, count(*)
      FROM (SELECT `blob_id` FROM `repository_blobs` WHERE `repository_id` = NEW.`id` UNION ALL SELECT `manifest_blob_id` FROM `artifacts` WHERE `repository_id` = NEW.`id`) WHERE true GROUP BY `blob_id`
      ON CONFLICT (`project_id`, `blob_id`) DO UPDATE SET `links` = `links` + excluded.`links`;
  UPDATE `project_blobs` SET `links` = `links` - l.`count`
      FROM (SELECT `blob_id`, count(*) AS `count` FROM (SELECT `blob_id` FROM `repository_blobs` WHERE `repository_id` = NEW.`id` UNION ALL SELECT `manifest_blob_id` FROM `artifacts` WHERE `repository_id` = NEW.`id`) GROUP BY `blob_id`) l
      WHERE `project_blobs`.`project_id` = OLD.`project_id` AND `project_blobs`.`blob_id` = l.`blob_id`;
END;
