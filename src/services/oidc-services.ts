import { D1OidcAccountStore } from '#adapters/d1/oidc-account-store';
import { D1PendingLoginStore } from '#adapters/d1/pending-login-store';
import { OpenidOidcClient } from '#adapters/oidc/openid-oidc-client';
import { PlatformAddressLimit } from '#adapters/rate-limit/platform-address-limit';
import type { Clock } from '#core/clock';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { SecretBox } from '#domain/configuration/secret-box';
import { CliSecretLogin } from '#domain/oidc/cli-secret-login';
import { GrantKeeper } from '#domain/oidc/grant-keeper';
import { IdTokenLogin } from '#domain/oidc/id-token-login';
import { OidcAccounts } from '#domain/oidc/oidc-accounts';
import { OidcService } from '#domain/oidc/oidc-service';
import { PendingLogins } from '#domain/oidc/pending-logins';
import type { UserService } from '#domain/users/user-service';
import { missingSecrets, type Settings } from '#src/config';
import type { Env } from '#src/env';

export interface OidcParts {
  readonly env: Pick<Env, 'DB' | 'LOGIN_RATE'>;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly users: UserService;
  readonly configuration: ConfigurationService;
  readonly sealerFor: (purpose: string) => SecretBox;
}

/** Logins at an OpenID Connect provider: by browser, by CLI secret, and by id token. */
export function createOidc({ env, settings, clock, users, configuration, sealerFor }: OidcParts) {
  const client = new OpenidOidcClient({ clock, isLoopbackAllowed: settings.areLoopbackIssuersAllowed });
  const { DB: db } = env;
  const store = new D1OidcAccountStore({ db, isModeFixed: settings.configurationOverwrite !== undefined });
  const secrets = sealerFor('oidc cli secret');
  const refreshTokens = sealerFor('oidc refresh token');
  const idTokens = sealerFor('oidc id token');

  const pendingLogins = new PendingLogins({
    store: new D1PendingLoginStore({ db }),
    secrets: sealerFor('oidc pending login'),
    clock,
  });
  const oidcAccounts = new OidcAccounts({ store, users, client, secrets, refreshTokens, clock });
  const missing = missingSecrets(settings);
  const oidc = new OidcService({
    client,
    configuration,
    pending: pendingLogins,
    accounts: oidcAccounts,
    idTokens,
    addresses: env.LOGIN_RATE && new PlatformAddressLimit({ rate: env.LOGIN_RATE }),
    missingSecrets: missing,
  });
  const grants = new GrantKeeper({ store, users, client, refreshTokens, clock });
  const cliSecretLogin = new CliSecretLogin({ configuration, users, store, secrets, grants });
  const idTokenLogin = new IdTokenLogin({ configuration, client, store, users, missingSecrets: missing });
  return { oidc, oidcAccounts, pendingLogins, cliSecretLogin, idTokenLogin };
}
