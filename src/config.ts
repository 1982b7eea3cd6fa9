import { z } from 'zod';
import { isPemCertificates } from '#core/pem';

const isHttpUrlOrEmpty = (text: string) => text === '' || (/^https?:\/\//.test(text) && URL.canParse(text));

function isJsonObjectOrEmpty(text: string): boolean {
  if (text === '') return true;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

const settingsSchema = z.object({
  EDGE_CACHE: z.enum(['on', 'off'], 'must be on or off').default('on'),
  EXTERNAL_URL: z.string().refine(isHttpUrlOrEmpty, 'must begin with http:// or https://').default(''),
  ROADSTEAD_ADMIN_PASSWORD: z.string().min(8).optional(),
  ROADSTEAD_SECRET_KEY: z.string().min(32).optional(),
  ROADSTEAD_TRUST_PROXY: z.enum(['1']).optional(),
  LOOPBACK_ISSUERS: z.enum(['on', 'off'], 'must be on or off').default('off'),
  PRIVATE_WEBHOOKS: z.enum(['on', 'off'], 'must be on or off').default('off'),
  CA_ROOT: z
    .string()
    .refine((text) => text === '' || isPemCertificates(text), 'must be a PEM certificate')
    .default(''),
  CONFIG_OVERWRITE_JSON: z.string().refine(isJsonObjectOrEmpty, 'must be a JSON object').default(''),
});

/** The deployment's configuration, parsed once an isolate. */
export interface Settings {
  /** Whether bytes read by digest go through the platform's cache. Default: yes. */
  readonly isEdgeCacheOn: boolean;
  /** The address clients use, without a trailing slash; undefined takes each request's own. */
  readonly externalUrl: string | undefined;
  /** First password of `admin`, 8 characters or more; undefined serves no logins. */
  readonly adminPassword: string | undefined;
  /** Encrypts secrets at rest, 32 characters or more; undefined serves no logins. */
  readonly secretKey: string | undefined;
  /** Whether `X-Forwarded-For` comes from a proxy that sets it itself. Default: no. */
  readonly isProxyTrusted: boolean;
  /** Whether logins and workloads' tokens may come from http:// issuers on this machine: for trying things out. Default: no. */
  readonly areLoopbackIssuersAllowed: boolean;
  /** Whether webhooks may go to this machine and to private networks. Default: no; the embedded server: yes. */
  readonly arePrivateWebhooksAllowed: boolean;
  /** PEM of the CA behind the certificate that clients see; undefined where a public one stands behind it. */
  readonly caRoot: string | undefined;
  /** Harbor's `CONFIG_OVERWRITE_JSON`: settings that the API then cannot change; undefined leaves all to the API. */
  readonly configurationOverwrite: Readonly<Record<string, unknown>> | undefined;
}

/** Reads the settings from the variables and secrets of `env`; throws an error that names what is wrong, never its value. */
export function parseSettings(env: object): Settings {
  const parsed = settingsSchema.safeParse(env);
  if (!parsed.success) {
    const names = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`invalid configuration: ${names.join('; ')}`);
  }
  const settings = parsed.data;
  return Object.freeze({
    isEdgeCacheOn: settings.EDGE_CACHE === 'on',
    externalUrl: settings.EXTERNAL_URL.replace(/\/+$/, '') || undefined,
    adminPassword: settings.ROADSTEAD_ADMIN_PASSWORD,
    secretKey: settings.ROADSTEAD_SECRET_KEY,
    isProxyTrusted: settings.ROADSTEAD_TRUST_PROXY === '1',
    areLoopbackIssuersAllowed: settings.LOOPBACK_ISSUERS === 'on',
    arePrivateWebhooksAllowed: settings.PRIVATE_WEBHOOKS === 'on',
    caRoot: settings.CA_ROOT === '' ? undefined : settings.CA_ROOT,
    configurationOverwrite:
      settings.CONFIG_OVERWRITE_JSON === ''
        ? undefined
        : (JSON.parse(settings.CONFIG_OVERWRITE_JSON) as Record<string, unknown>),
  });
}

/** Names of the secrets without which no login is served. */
export function missingSecrets({ adminPassword, secretKey }: Settings): readonly string[] {
  const names: string[] = [];
  if (adminPassword === undefined) names.push('ROADSTEAD_ADMIN_PASSWORD');
  if (secretKey === undefined) names.push('ROADSTEAD_SECRET_KEY');
  return names;
}
