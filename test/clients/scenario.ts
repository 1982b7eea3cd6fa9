import type { Client } from '#test/clients/client';
import type { RegistryApi } from '#test/clients/registry-api';
import type { Report } from '#test/support/suites/report';
import type { Registry } from '#test/support/suites/roadstead-server';
import type { Tool } from '#test/support/suites/tools';

/** What a scenario may use. */
export interface World {
  readonly registry: Registry;
  /** The registry over plain HTTP, to see what is really there. */
  readonly api: RegistryApi;
  /** For the scenario's files. */
  readonly directory: string;
  /** A client with configuration, credentials and storage of its own: `name` tells several of one tool apart. */
  client(tool: Tool, name?: string): Promise<Client>;
}

/** What one client, or several together, must be able to do. Scenarios run in order and build on each other's images. */
export interface Scenario {
  readonly name: string;
  run(world: World, report: Report): Promise<void>;
}

/** Pushed by docker, a Debian root filesystem and layers on it; every other client pulls it. */
export const DEBIAN = { repository: 'library/debian', tag: '1' } as const;

/** Pushed by crane, one small layer, for what does not depend on size. */
export const SMALL = { repository: 'library/small', tag: '1' } as const;

/** `host/repository:tag` */
export function reference(world: World, image: { readonly repository: string; readonly tag: string }): string {
  return `${world.registry.host}/${image.repository}:${image.tag}`;
}
