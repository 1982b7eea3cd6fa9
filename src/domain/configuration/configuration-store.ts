import type { Mutation } from '#domain/events/mutation';

/** Rows of settings that differ from their defaults. */
export interface ConfigurationStore {
  /** Key and value in JSON; secrets sealed. */
  list(): Promise<ReadonlyMap<string, string>>;

  /**
   * Stores values. BAD_REQUEST for another `auth_mode` while accounts besides the first administrator exist: the way
   * accounts log in cannot change under them. `hiddenEvents` are the types of events that the audit log has not from now on;
   * undefined when they stay.
   */
  put(
    values: ReadonlyMap<string, string>,
    hiddenEvents: readonly string[] | undefined,
    mutation: Mutation,
  ): Promise<void>;

  /** Sets the types of events that the audit log has not, where they are not set so. */
  hideEvents(types: readonly string[]): Promise<void>;

  /** Whether there are accounts besides the first administrator. */
  hasOtherUsers(): Promise<boolean>;
}
