import { JoseTokenCrypto } from '#adapters/crypto/jose-token-crypto';
import { ScryptHasher } from '#adapters/crypto/scrypt-hasher';
import { Sealer } from '#adapters/crypto/sealer';
import { D1ConfigurationStore } from '#adapters/d1/configuration-store';
import { D1RobotStore } from '#adapters/d1/robot-store';
import { D1SessionStore } from '#adapters/d1/session-store';
import { D1SigningKeyStore } from '#adapters/d1/signing-key-store';
import { D1UserStore } from '#adapters/d1/user-store';
import { LdaptsDirectory } from '#adapters/ldap/ldapts-directory';
import { PlatformAddressLimit } from '#adapters/rate-limit/platform-address-limit';
import type { Clock } from '#core/clock';
import { AccessService } from '#domain/access/access-service';
import { LoginService } from '#domain/access/login-service';
import type { ScryptParameters } from '#domain/access/password';
import { PermissionService } from '#domain/access/permission-service';
import { SigningKeyService } from '#domain/access/signing-key-service';
import { SubjectService } from '#domain/access/subject-service';
import { TokenService } from '#domain/access/token-service';
import type { LogReceiver } from '#domain/audit/log-receiver';
import { ProxyBrowserLogin } from '#domain/authproxy/proxy-browser-login';
import { ConfigurationService } from '#domain/configuration/configuration-service';
import { LdapService } from '#domain/ldap/ldap-service';
import { RobotAccessService } from '#domain/robots/robot-access-service';
import { RobotService } from '#domain/robots/robot-service';
import { SessionService } from '#domain/sessions/session-service';
import { UserService, type UserServiceDeps } from '#domain/users/user-service';
import { missingSecrets, type Settings } from '#src/config';
import type { Env } from '#src/env';
import { createFederation } from '#src/services/federation-services';
import { createHttpDirectories } from '#src/services/http-directories';
import { createLoginMethods } from '#src/services/login-methods';
import { createMembers } from '#src/services/member-services';
import { createOidc } from '#src/services/oidc-services';
import { createProjects } from '#src/services/project-services';

function createPermissions(db: D1Database, configuration: ConfigurationService, clock: Clock) {
  const { facts, projects, aliases, ...besideProjects } = createProjects(db, clock);
  const permissions = new PermissionService({ facts });
  const access = new AccessService({ facts, projects, aliases, permissions, configuration });
  return { facts, projects, aliases, permissions, access, besideProjects };
}

function createSigningKeys(db: D1Database, sealer: Sealer, clock: Clock): SigningKeyService {
  const crypto = new JoseTokenCrypto({ sealer, clock });
  return new SigningKeyService({ keys: new D1SigningKeyStore({ db }), crypto, clock });
}

type UserParts = Omit<UserServiceDeps, 'users'> & { readonly isModeFixed: boolean };

function createUsers(db: D1Database, { isModeFixed, ...deps }: UserParts): UserService {
  return new UserService({ ...deps, users: new D1UserStore({ db, isModeFixed }) });
}

interface AccessOptions {
  readonly logReceiver: LogReceiver;
  readonly clock: Clock;
  readonly passwordCost?: ScryptParameters;
}

/** Who somebody is, and what they may do. */
export function createAccess(env: Env, settings: Settings, { clock, logReceiver, passwordCost }: AccessOptions) {
  const { DB: db } = env;
  const missing = missingSecrets(settings);
  const { adminPassword, secretKey = '', configurationOverwrite: fixed } = settings;
  const sealerFor = (purpose: string) => new Sealer({ secretKey, purpose });

  const configuration = new ConfigurationService({
    store: new D1ConfigurationStore({ db }),
    secrets: sealerFor('configuration'),
    logReceiver,
    clock,
    overwritten: fixed,
  });
  const { facts, projects, aliases, permissions, access, besideProjects } = createPermissions(db, configuration, clock);

  const hasher = new ScryptHasher({ clock, ...(passwordCost && { parameters: passwordCost }) });
  const users = createUsers(db, { isModeFixed: fixed !== undefined, hasher, configuration, clock });
  const directory = new LdaptsDirectory();
  const ldap = new LdapService({ directory, configuration, users });
  const { uaa, proxy } = createHttpDirectories(configuration);
  const { groups, members } = createMembers(env, { configuration, facts, users, ldap, uaa, proxy, clock });
  const robots = new RobotService({ robots: new D1RobotStore({ db }), projects, configuration, clock });
  const robotAccess = new RobotAccessService({ robots, projects, access });
  const trust = { configuration, projects: facts, clock };
  const { federation, trustRules, trustRuleFacts } = createFederation(env, settings, trust);
  const subjects = new SubjectService({ user: users, robot: robots, 'trust-rule': trustRuleFacts });
  const sessions = new SessionService({ sessions: new D1SessionStore({ db }), users, configuration, clock });

  const addresses = env.LOGIN_RATE && new PlatformAddressLimit({ rate: env.LOGIN_RATE });
  const oidc = createOidc({ env, settings, clock, users, configuration, sealerFor });
  const parts = { env, users, robots, hasher, configuration, directory, uaa, proxy, addresses, adminPassword, clock };
  const methods = createLoginMethods({ ...parts, cliSecretLogin: oidc.cliSecretLogin });
  const logins = new LoginService({ methods, subjects, configuration, clock, missingSecrets: missing });
  const proxyLogins = new ProxyBrowserLogin({ proxy, configuration, users, addresses, missingSecrets: missing });

  const signingKeys = createSigningKeys(db, sealerFor('token signing key'), clock);
  const tokens = new TokenService({
    keys: signingKeys,
    permissions,
    facts,
    aliases,
    subjects,
    configuration,
    clock,
    missingSecrets: missing.filter((name) => name === 'ROADSTEAD_SECRET_KEY'),
  });
  return {
    access,
    aliases,
    permissions,
    configuration,
    federation,
    groups,
    ldap,
    logins,
    members,
    projects,
    proxyLogins,
    robotAccess,
    robots,
    sessions,
    signingKeys,
    tokens,
    trustRules,
    users,
    ...besideProjects,
    ...oidc,
  };
}
