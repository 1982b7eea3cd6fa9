/** What a request cost in the platform's billing units (developers.cloudflare.com: D1, R2, DO and Queues pricing). */
export interface OperationCounts {
  /** Statements sent to D1; each statement of a batch is one. Not billed, but each is a trip to the one writer. */
  d1Queries: number;
  d1RowsRead: number;
  /** Index entries count as rows. */
  d1RowsWritten: number;
  /** Writes and listings: put, list, and each step of a multipart upload. */
  r2ClassA: number;
  /** Reads: get and head. Deleting and aborting are free. */
  r2ClassB: number;
  /** Calls of Durable Objects. */
  doRequests: number;
  /** 64 KB steps of the messages sent; receiving them is billed again, to the consumer. */
  queueOps: number;
}

export type OperationKind = keyof OperationCounts;

export function noOperations(): OperationCounts {
  return { d1Queries: 0, d1RowsRead: 0, d1RowsWritten: 0, r2ClassA: 0, r2ClassB: 0, doRequests: 0, queueOps: 0 };
}
