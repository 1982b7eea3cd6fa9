import { DurableLoginThrottles } from '#adapters/durable/login-throttles';
import type { Clock } from '#core/clock';
import type { AddressLimit } from '#domain/access/address-limit';
import { GatedLogin } from '#domain/access/gated-login';
import { LoginGate } from '#domain/access/login-gate';
import type { LoginMethod } from '#domain/access/login-method';
import type { PasswordHasher } from '#domain/access/password-hasher';
import { PasswordLogin } from '#domain/access/password-login';
import type { AuthProxyAuthenticator } from '#domain/authproxy/auth-proxy-authenticator';
import { TokenReviewLogin } from '#domain/authproxy/token-review-login';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import { LdapAuthenticator } from '#domain/ldap/ldap-authenticator';
import type { LdapDirectory } from '#domain/ldap/ldap-directory';
import { toLdapSettings } from '#domain/ldap/ldap-settings';
import { RobotLogin } from '#domain/robots/robot-login';
import type { RobotService } from '#domain/robots/robot-service';
import type { UaaAuthenticator } from '#domain/uaa/uaa-authenticator';
import type { UserService } from '#domain/users/user-service';
import type { Env } from '#src/env';

interface LoginParts {
  readonly env: Env;
  readonly users: UserService;
  readonly robots: RobotService;
  readonly hasher: PasswordHasher;
  readonly configuration: ConfigurationService;
  readonly directory: LdapDirectory;
  readonly cliSecretLogin: LoginMethod;
  readonly uaa: UaaAuthenticator;
  readonly proxy: AuthProxyAuthenticator;
  /** Undefined where the platform offers none. */
  readonly addresses: AddressLimit | undefined;
  readonly adminPassword: string | undefined;
  readonly clock: Clock;
}

/** The ways to log in with a name and a secret, in the order they are asked: a name belongs to the first that knows it. */
export function createLoginMethods(parts: LoginParts): readonly LoginMethod[] {
  const { env, users, robots, hasher, configuration, adminPassword, clock } = parts;
  const { directory, uaa, proxy, cliSecretLogin, addresses } = parts;
  const ldap = new LdapAuthenticator({
    directory,
    settings: async () => toLdapSettings(await configuration.current()),
  });
  const gate = new LoginGate({
    throttles: new DurableLoginThrottles({ namespace: env.LOGIN_THROTTLE }),
    addresses,
    clock,
  });
  const directories = { ldap_auth: ldap, uaa_auth: uaa, http_auth: proxy };
  const passwords = new PasswordLogin({ users, hasher, configuration, directories, adminPassword });
  return [
    new RobotLogin({ robots, configuration, clock }),
    new GatedLogin({
      gate,
      methods: [new TokenReviewLogin({ proxy, configuration, users }), cliSecretLogin, passwords],
    }),
  ];
}
