import type { Report } from '#test/support/suites/report';
import type { Registry } from '#test/support/suites/roadstead-server';
import type { Tool } from '#test/support/suites/tools';

/** What a scenario may use. */
export interface World {
  /** Nobody but `admin` has logged in there: afterwards the way of logging in cannot change any more. */
  readonly registry: Registry;
  /** For the scenario's files. */
  readonly directory: string;
}

/** One way of logging in, with a real service that decides; each scenario has a registry of its own. */
export interface Scenario {
  readonly name: string;
  readonly tools: readonly Tool[];
  /** Variables of the server. */
  readonly environment?: Readonly<Record<string, string>>;
  run(world: World, report: Report): Promise<void>;
}
