import { z } from '@hono/zod-openapi';

export const projectRenameSchema = z.object({ name: z.string() }).openapi('ProjectRename');

export const repositoryMoveSchema = z
  .object({
    project_name: z.string().optional().openapi({ description: 'the project it shall be in; its own without one' }),
    repository_name: z.string().openapi({ description: 'its name in that project, such as team/app' }),
  })
  .openapi('RepositoryMove');

export const movedHeaders = z.object({ Location: z.string().openapi({ description: 'where it is now' }) });
