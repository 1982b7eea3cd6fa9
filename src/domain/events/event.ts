import { z } from 'zod';

/** What happened to an artifact, for whoever wants to know later. JSON in the outbox and on the queue. */
const artifactEvent = z.object({
  /** Undefined in what was recorded by an older version, whose consequences in the project do not come about. */
  projectId: z.int().optional(),
  repository: z.string(),
  repositoryId: z.int(),
  digest: z.string(),
  tag: z.string().optional(),
});

/** Pulls of one artifact by one reference and one client, gathered over a few seconds. */
const pull = artifactEvent.extend({
  count: z.int().positive(),
  atMs: z.int(),
  /** Who pulled; undefined where too many did to be told apart, and then the audit log has nothing of it. */
  username: z.string().optional(),
  sourceAddress: z.string().optional(),
});

/** A repository that tag retention has gone through, and deleted something of. */
const retentionFinished = z.object({
  kind: z.literal('retention-finished'),
  id: z.string(),
  atMs: z.int(),
  /** Who asked for the run. */
  actor: z.string(),
  projectId: z.int(),
  repository: z.string(),
  repositoryId: z.int(),
  policyId: z.int(),
  executionId: z.int(),
  taskId: z.int(),
  total: z.int(),
  retained: z.int(),
  deletedCount: z.int(),
  /** The first of them, each with one of its tags. */
  deleted: z.array(z.object({ digest: z.string(), tag: z.string().optional() })),
});

/** A push was refused, as its project would have held more than it may. */
const quotaExceeded = z.object({
  kind: z.literal('quota-exceeded'),
  id: z.string(),
  atMs: z.int(),
  actor: z.string(),
  projectId: z.int(),
  repository: z.string(),
  /** Of a manifest that was pushed; undefined for a blob. */
  artifact: z.object({ digest: z.string(), tag: z.string().optional() }).optional(),
  /** What the client was told. */
  message: z.string(),
});

export const domainEventSchema = z.discriminatedUnion('kind', [
  artifactEvent.extend({ kind: z.literal('artifact-pushed'), id: z.string(), atMs: z.int(), actor: z.string() }),
  artifactEvent.extend({ kind: z.literal('artifact-deleted'), id: z.string(), atMs: z.int(), actor: z.string() }),
  artifactEvent.extend({ kind: z.literal('tag-created'), id: z.string(), atMs: z.int(), actor: z.string() }),
  artifactEvent.extend({ kind: z.literal('tag-deleted'), id: z.string(), atMs: z.int(), actor: z.string() }),
  retentionFinished,
  /** The account of a machine ends soon; told once of each end. Nobody did it. */
  z.object({
    kind: z.literal('robot-expiring'),
    id: z.string(),
    atMs: z.int(),
    actor: z.string(),
    /** Of a project robot. */
    projectId: z.int().optional(),
    robotId: z.int(),
    /** As it logs in. */
    robotName: z.string(),
    expiresAtMs: z.int(),
  }),
  quotaExceeded,
  z.object({
    kind: z.literal('artifacts-pulled'),
    id: z.string(),
    pulls: z.array(pull),
  }),
]);

export type DomainEvent = z.infer<typeof domainEventSchema>;
export type PulledEvent = Extract<DomainEvent, { kind: 'artifacts-pulled' }>;
export type Pull = PulledEvent['pulls'][number];
/** Events that commit with the mutation they tell of; pulls have no mutation and may be lost. */
export type RecordedEvent = Exclude<DomainEvent, PulledEvent>;
