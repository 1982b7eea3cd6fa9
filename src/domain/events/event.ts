import { z } from 'zod';

/** What happened to an artifact, for whoever wants to know later. JSON in the outbox and on the queue. */
const artifactEvent = z.object({
  repository: z.string(),
  repositoryId: z.int(),
  digest: z.string(),
  tag: z.string().optional(),
});

/** Pulls of one artifact by one reference and one client, gathered over a few seconds. */
const pull = artifactEvent.extend({
  count: z.int().positive(),
  atMs: z.int(),
  projectId: z.int().optional(),
  /** Who pulled; undefined where too many did to be told apart, and then the audit log has nothing of it. */
  username: z.string().optional(),
  sourceAddress: z.string().optional(),
});

export const domainEventSchema = z.discriminatedUnion('kind', [
  artifactEvent.extend({ kind: z.literal('artifact-pushed'), id: z.string(), atMs: z.int(), actor: z.string() }),
  artifactEvent.extend({ kind: z.literal('artifact-deleted'), id: z.string(), atMs: z.int(), actor: z.string() }),
  artifactEvent.extend({ kind: z.literal('tag-created'), id: z.string(), atMs: z.int(), actor: z.string() }),
  artifactEvent.extend({ kind: z.literal('tag-deleted'), id: z.string(), atMs: z.int(), actor: z.string() }),
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
