import type { Principal } from '#domain/access/principal';
import type { Actor } from '#domain/audit/audit';
import type { Env } from '#src/env';
import type { Services } from '#src/services';

/** What every handler finds in its Hono context. */
export interface AppEnv {
  Bindings: Env;
  Variables: {
    readonly services: Services;
    /** Who asks; set by the authenticate middleware. */
    readonly principal: Principal;
    /** Who asks, in the form audit rows want. */
    readonly actor: Actor;
    readonly requestId: string;
    /** The name somebody gave with a password, right or wrong. */
    readonly claimedUser?: string;
  };
}
