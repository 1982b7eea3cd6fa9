import { parseArgs } from 'node:util';

/** What `npm start` can be told. */
export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly stateDirectory: string;
  /** PEM files; either both or none. */
  readonly tls: { readonly certificatePath: string; readonly keyPath: string } | undefined;
  /** Whether `X-Forwarded-For` and `X-Forwarded-Proto` come from a proxy that sets them itself. */
  readonly trustProxy: boolean;
}

export type Flags =
  | { readonly kind: 'run'; readonly options: ServerOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly message: string };

export const usage = `Usage: npm start -- [flags]

  --host <name>      address to listen on (default: localhost; 0.0.0.0 for every interface)
  --port <number>    port to listen on (default: 8080; 0 takes a free one)
  --state <folder>   where blobs, metadata, logs and the secret key are kept (default: .roadstead)
  --tls-cert <file>  serve HTTPS with this certificate chain (PEM), together with --tls-key
  --tls-key <file>   the certificate's private key (PEM)
  --trust-proxy      believe X-Forwarded-For and X-Forwarded-Proto: only behind a proxy that overwrites them
  --help             print this text

Environment:
  ROADSTEAD_ADMIN_PASSWORD  first password of the user admin, 8 characters or more
  ROADSTEAD_SECRET_KEY      encrypts secrets at rest, 32 characters or more (default: generated once, kept in the state)
  EXTERNAL_URL              the address clients use, when it is not the one they connect to
  LOOPBACK_ISSUERS          on lets trust rules and oidc_endpoint name http:// issuers on this machine, for trials
  PRIVATE_WEBHOOKS          off refuses webhooks to this machine and to private networks (default: on)
  EDGE_CACHE                on uses the platform's cache, a second copy on the same disk (default: off)
`;

const highestPort = 65_535;

/** Reads the command line; says what is wrong with it instead of guessing. */
export function parseFlags(args: readonly string[]): Flags {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      options: {
        host: { type: 'string', default: 'localhost' },
        port: { type: 'string', default: '8080' },
        state: { type: 'string', default: '.roadstead' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        'trust-proxy': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values.help ? { kind: 'help' } : toOptions(values);
  } catch (error) {
    return { kind: 'invalid', message: error instanceof Error ? error.message : String(error) };
  }
}

interface FlagValues {
  readonly host: string;
  readonly port: string;
  readonly state: string;
  readonly 'tls-cert'?: string;
  readonly 'tls-key'?: string;
  readonly 'trust-proxy': boolean;
}

function toOptions(values: FlagValues): Flags {
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > highestPort) {
    return { kind: 'invalid', message: `--port must be a number from 0 to ${highestPort}, not "${values.port}"` };
  }
  if (values.host === '') return { kind: 'invalid', message: '--host must not be empty' };
  if (values.state === '') return { kind: 'invalid', message: '--state must not be empty' };
  const certificatePath = values['tls-cert'];
  const keyPath = values['tls-key'];
  if ((certificatePath === undefined) !== (keyPath === undefined)) {
    return { kind: 'invalid', message: '--tls-cert and --tls-key belong together' };
  }
  return {
    kind: 'run',
    options: {
      host: values.host,
      port,
      stateDirectory: values.state,
      tls: certificatePath !== undefined && keyPath !== undefined ? { certificatePath, keyPath } : undefined,
      trustProxy: values['trust-proxy'],
    },
  };
}
