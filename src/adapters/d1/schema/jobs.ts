import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { JobStatus } from '#domain/jobs/job-status';
import type { VendorType } from '#domain/jobs/vendor-type';

/** Not ended yet: what has no end has a time at which it is looked at again. */
const OPEN = sql`due_at_ms is not null`;

/** One run of some work, asked for by somebody, a schedule or an event: Harbor's execution. */
export const executions = sqliteTable(
  'executions',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    vendorType: text('vendor_type').$type<VendorType>().notNull(),
    /** Which policy it runs; 0 for work there is but one of. */
    vendorId: integer('vendor_id').notNull(),
    /** MANUAL, SCHEDULE or EVENT. */
    trigger: text('trigger').notNull(),
    /** Who asked, by name. */
    operator: text('operator').notNull(),
    /** A launch is made once: by a schedule and its time, an event and its policy, or a request. */
    launchKey: text('launch_key').notNull(),
    status: text('status').$type<JobStatus>().notNull(),
    statusMessage: text('status_message').notNull().default(''),
    /** JSON object of what it was started with. */
    parameters: text('parameters', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    /** Its tasks by status. Kept by triggers, as are `status` and `ended_at_ms` once there are tasks. */
    taskCount: integer('task_count').notNull().default(0),
    pendingCount: integer('pending_count').notNull().default(0),
    scheduledCount: integer('scheduled_count').notNull().default(0),
    runningCount: integer('running_count').notNull().default(0),
    successCount: integer('success_count').notNull().default(0),
    errorCount: integer('error_count').notNull().default(0),
    stoppedCount: integer('stopped_count').notNull().default(0),
    startedAtMs: integer('started_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
    endedAtMs: integer('ended_at_ms'),
  },
  (table) => [
    // Lists the runs of a policy, newest first.
    index('executions_vendor').on(table.vendorType, table.vendorId, table.id),
    // Tells that a run has been made before.
    uniqueIndex('executions_launch').on(table.launchKey),
  ],
);

/** One piece of a run. The row is the truth of it; a message of the queue only wakes it. */
export const tasks = sqliteTable(
  'tasks',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    executionId: integer('execution_id')
      .notNull()
      .references(() => executions.id, { onDelete: 'cascade' }),
    vendorType: text('vendor_type').$type<VendorType>().notNull(),
    /** What Harbor calls the job's id; stays the same over retries. */
    jobId: text('job_id').notNull(),
    /** Tasks of one lane run one after the other, in the order of their ids; null runs beside all others. */
    lane: text('lane'),
    status: text('status').$type<JobStatus>().notNull(),
    /** Counts changes of the status and slices, so that a stranded slice cannot write over a newer one. */
    revision: integer('revision').notNull().default(0),
    statusMessage: text('status_message').notNull().default(''),
    /** JSON object of what it was started with, of where it stands, and of what it has brought so far. */
    parameters: text('parameters', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    cursor: text('cursor', { mode: 'json' }).$type<Record<string, unknown>>(),
    results: text('results', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    /** Slices that failed, or went quiet, since the last that came through. */
    failures: integer('failures').notNull().default(0),
    /** When the tick looks at it: a wait, or the end of a running slice's lease. Null once it has ended. */
    dueAtMs: integer('due_at_ms'),
    createdAtMs: integer('created_at_ms').notNull(),
    startedAtMs: integer('started_at_ms'),
    updatedAtMs: integer('updated_at_ms').notNull(),
    endedAtMs: integer('ended_at_ms'),
  },
  (table) => [
    // Lists the tasks of a run.
    index('tasks_execution').on(table.executionId, table.id),
    // Finds a task by what Harbor calls the job's id.
    uniqueIndex('tasks_job').on(table.jobId),
    // Finds what the tick must wake.
    index('tasks_due').on(table.dueAtMs).where(OPEN),
    // Tells whose turn it is in a lane.
    index('tasks_lane').on(table.lane, table.id, table.dueAtMs).where(sql`lane is not null and due_at_ms is not null`),
    // Lists what waits and runs, by kind.
    index('tasks_open').on(table.vendorType, table.status, table.id, table.dueAtMs).where(OPEN),
  ],
);

/** What a task says of itself, a piece a slice. */
export const taskLogs = sqliteTable(
  'task_logs',
  {
    taskId: integer('task_id').notNull(),
    position: integer('position').notNull(),
    text: text('text').notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.taskId, table.position] }),
    // Finds what is to be forgotten.
    index('task_logs_at').on(table.atMs),
  ],
);

/** Kinds of work that somebody has paused; SCHEDULER stands for all schedules. */
export const pausedQueues = sqliteTable('paused_queues', {
  vendorType: text('vendor_type').$type<VendorType | 'SCHEDULER'>().primaryKey(),
  pausedAtMs: integer('paused_at_ms').notNull(),
});
