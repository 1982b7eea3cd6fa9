/** A slice that was not its task's own any more when it wanted to commit: the task was stopped, or runs elsewhere. */
export class TaskLost extends Error {
  constructor(options?: ErrorOptions) {
    super('the task is not run by this slice any more', options);
    this.name = 'TaskLost';
  }
}
