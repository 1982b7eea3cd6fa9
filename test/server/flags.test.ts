import { describe, expect, it } from 'vitest';
import { parseFlags, usage } from '#scripts/embedded/flags';

describe('the command line', () => {
  it('serves http://localhost:8080 from .roadstead when nothing is said', () => {
    expect(parseFlags([])).toEqual({
      kind: 'run',
      options: { host: 'localhost', port: 8080, stateDirectory: '.roadstead', tls: undefined, trustProxy: false },
    });
  });

  it('takes every flag, with and without an equals sign', () => {
    const flags = parseFlags([
      '--host=0.0.0.0',
      '--port',
      '0',
      '--state=/srv/registry',
      '--tls-cert=c.pem',
      '--tls-key=k.pem',
      '--trust-proxy',
    ]);
    expect(flags).toEqual({
      kind: 'run',
      options: {
        host: '0.0.0.0',
        port: 0,
        stateDirectory: '/srv/registry',
        tls: { certificatePath: 'c.pem', keyPath: 'k.pem' },
        trustProxy: true,
      },
    });
  });

  it('answers --help before it looks at anything else', () => {
    expect(parseFlags(['--help', '--port', 'x'])).toEqual({ kind: 'help' });
  });

  it.each([
    ['an unknown flag', ['--prot', '8080'], "Unknown option '--prot'"],
    ['a port that is no number', ['--port', '80a'], '--port must be a number from 0 to 65535, not "80a"'],
    ['a port out of range', ['--port', '65536'], '--port must be a number from 0 to 65535, not "65536"'],
    ['a negative port', ['--port=-1'], '--port must be a number from 0 to 65535, not "-1"'],
    ['an empty host', ['--host', ''], '--host must not be empty'],
    ['an empty state', ['--state', ''], '--state must not be empty'],
    ['a certificate without its key', ['--tls-cert', 'c.pem'], '--tls-cert and --tls-key belong together'],
    ['a key without its certificate', ['--tls-key', 'k.pem'], '--tls-cert and --tls-key belong together'],
    ['something that is no flag', ['serve'], "Unexpected argument 'serve'"],
  ])('refuses %s', (_, args, message) => {
    const flags = parseFlags(args);
    expect(flags.kind === 'invalid' && flags.message).toContain(message);
  });

  it.each([
    'ROADSTEAD_ADMIN_PASSWORD',
    'ROADSTEAD_SECRET_KEY',
    'EXTERNAL_URL',
    'LOOPBACK_ISSUERS',
    'PRIVATE_WEBHOOKS',
    'EDGE_CACHE',
  ])('tells in its help of the variable %s', (name) => {
    expect(usage).toContain(`  ${name} `);
  });
});
