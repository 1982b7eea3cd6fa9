-- A failed precondition aborts the batch it stands in and names itself (src/adapters/d1/guards.ts).
CREATE TRIGGER `guards_raise` BEFORE INSERT ON `guards` BEGIN
  SELECT RAISE(ABORT, 'guard:' || NEW.`code`);
END;
--> statement-breakpoint
-- The administrator's password is the deployment's secret until the first login stores its hash.
INSERT INTO `users` (`id`, `username`, `is_system_admin`, `created_at_ms`, `updated_at_ms`)
VALUES (1, 'admin', 1, unixepoch() * 1000, unixepoch() * 1000);
--> statement-breakpoint
INSERT INTO `projects` (`id`, `name`, `owner_id`, `is_public`, `created_at_ms`, `updated_at_ms`)
VALUES (1, 'library', 1, 1, unixepoch() * 1000, unixepoch() * 1000);
--> statement-breakpoint
INSERT INTO `project_members` (`project_id`, `user_id`, `role`, `created_at_ms`)
VALUES (1, 1, 1, unixepoch() * 1000);
