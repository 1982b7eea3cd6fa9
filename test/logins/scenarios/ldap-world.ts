import type { RegistryCaller } from '#test/logins/registry-caller';
import type { Registry } from '#test/support/suites/roadstead-server';
import type { Slapd } from '#test/support/suites/slapd';

/** What the parts of the scenario share. */
export interface LdapWorld {
  readonly registry: Registry;
  readonly admin: RegistryCaller;
  readonly slapd: Slapd;
}

/** A private project with an image in it. */
export const CREW = { project: 'crew', repository: 'crew/app' } as const;

/** Harbor's number of the role that may pull. */
export const GUEST = 3;
