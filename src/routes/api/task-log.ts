import { z } from '@hono/zod-openapi';
import type { TypedResponse } from 'hono';
import type { JobService } from '#domain/jobs/job-service';

/** The 200 of an operation that answers a task's log. */
export const TASK_LOG_RESPONSE = {
  description: 'what the task has said so far; empty before its first slice, and once its log is forgotten',
  content: { 'text/plain': { schema: z.string() } },
};

type TextResponse = Response & TypedResponse<string, 200, 'text'>;

/** Answers the log of a task as text, and holds but a page of it in memory. */
export async function taskLogResponse(jobs: JobService, taskId: number): Promise<TextResponse> {
  const pieces = jobs.readLog(taskId);
  // Before the first is there, a failure is still told as one.
  let next = await pieces.next();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (next.done) return controller.close();
      controller.enqueue(encoder.encode(next.value));
      next = await pieces.next();
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
  // It repeats what others have said, and must not pass for a page of this site.
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return new Response(body, { headers }) as TextResponse;
}
