import { z } from '@hono/zod-openapi';
import { fullName, type NamedPermission, type Robot } from '#domain/robots/robot';
import { namespaceOf } from '#domain/robots/robot-permission-rules';
import { toTimestamp } from '#routes/api/schemas/common';

/** Text that Go's clients leave out when it is empty. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
  .openapi({ type: 'string' });

const accessReqSchema = z.object({ resource: text, action: text, effect: text }).openapi('Access');

const permissionReqSchema = z
  .object({
    kind: text.openapi({ description: 'system or project' }),
    namespace: text.openapi({
      description:
        '/ for the system; for projects a name, * for every project, or a name and a glob over the repositories of the project, as library/team-a/**',
    }),
    access: z
      .array(accessReqSchema)
      .nullish()
      .transform((list) => list ?? []),
  })
  .openapi('RobotPermission');

const permissionsReqSchema = z
  .array(permissionReqSchema)
  .nullish()
  .transform((list) => list ?? []);

const commonReqSchema = z.object({
  name: text,
  description: z
    .string()
    .max(1_024)
    .nullish()
    .transform((value) => value ?? ''),
  level: text.openapi({ description: 'system or project' }),
  disable: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
  duration: z.int().nullish().openapi({ description: 'days; -1 never ends' }),
  permissions: permissionsReqSchema,
});

export const robotCreateSchema = commonReqSchema
  .extend({ secret: text.openapi({ description: 'made when it is empty' }) })
  .openapi('RobotCreate');

/** What a client sends back of a `Robot`; what cannot change must be as it is, the rest is ignored. */
export const robotUpdateSchema = commonReqSchema.openapi('RobotUpdate');

export const robotSecretSchema = z.object({ secret: text }).openapi('RobotSec');

export const robotSecretAnswerSchema = z.object({ secret: z.string().optional() }).openapi('RobotSecAnswer');

export const robotCreatedSchema = z
  .object({
    id: z.int(),
    name: z.string(),
    secret: z.string(),
    creation_time: z.iso.datetime(),
    expires_at: z.int(),
  })
  .openapi('RobotCreated');

export const robotSchema = z
  .object({
    id: z.int(),
    name: z.string(),
    description: z.string().optional(),
    level: z.enum(['system', 'project']),
    duration: z.int(),
    editable: z.boolean(),
    disable: z.boolean(),
    expires_at: z.int().openapi({ description: 'seconds since 1970; -1 never' }),
    permissions: z.array(
      z.object({
        kind: z.enum(['system', 'project']),
        namespace: z.string(),
        access: z.array(z.object({ resource: z.string(), action: z.string(), effect: z.enum(['allow', 'deny']) })),
      }),
    ),
    creator_type: z.enum(['local', 'robot']),
    creator_ref: z.int(),
    creation_time: z.iso.datetime(),
    update_time: z.iso.datetime(),
  })
  .openapi('Robot');

/** `prefix` is the configured one, which begins the name. */
export function toRobotDto(robot: Robot, prefix: string): z.infer<typeof robotSchema> {
  return {
    id: robot.id,
    name: fullName(robot, prefix),
    ...(robot.description && { description: robot.description }),
    level: robot.project ? 'project' : 'system',
    duration: robot.durationDays,
    editable: true,
    disable: robot.isDisabled,
    expires_at: toSeconds(robot.expiresAtMs),
    permissions: robot.permissions.map(toPermissionDto),
    creator_type: robot.creator.type,
    creator_ref: robot.creator.id,
    creation_time: toTimestamp(robot.createdAtMs),
    update_time: toTimestamp(robot.updatedAtMs),
  };
}

export function toRobotCreatedDto(robot: Robot, prefix: string, secret: string): z.infer<typeof robotCreatedSchema> {
  return {
    id: robot.id,
    name: fullName(robot, prefix),
    secret,
    creation_time: toTimestamp(robot.createdAtMs),
    expires_at: toSeconds(robot.expiresAtMs),
  };
}

function toPermissionDto(permission: NamedPermission) {
  const { kind, access } = permission;
  return { kind, namespace: namespaceOf(permission), access: [...access] };
}

function toSeconds(atMs: number | undefined): number {
  return atMs === undefined ? -1 : Math.floor(atMs / 1_000);
}
