import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '#test/support/suites/command';
import { freePort } from '#test/support/suites/free-port';
import { ProcessGroup } from '#test/support/suites/process-group';
import { toolPath } from '#test/support/suites/tools';

/** How long the directory may take to listen. */
const START_LIMIT_SECONDS = 30;

const SCHEMAS = ['core', 'cosine', 'inetorgperson'];

/** The directory's own administrator, who is Roadstead's search account too. */
export const SEARCH_ACCOUNT = { dn: 'cn=reader,dc=example,dc=org', password: 'Reader-Pass-1' } as const;

/** OpenLDAP's server on loopback ports of its own, with the entries it is given. */
export class Slapd {
  readonly url: string;
  /** Its certificate is of an authority that nobody but this directory knows. */
  readonly secureUrl: string;
  readonly #directory: string;
  #group: ProcessGroup | undefined;

  private constructor(directory: string, port: number, securePort: number) {
    this.#directory = directory;
    this.url = `ldap://127.0.0.1:${port}`;
    this.secureUrl = `ldaps://localhost:${securePort}`;
  }

  /** Returns when the directory holds `entries` (LDIF, RFC 2849) and answers. */
  static async start(directory: string, entries: string): Promise<Slapd> {
    const slapd = new Slapd(directory, await freePort(), await freePort());
    await mkdir(join(directory, 'data'), { recursive: true });
    await slapd.#makeCertificate();
    await writeFile(slapd.#path('slapd.conf'), slapd.#configuration());
    await slapd.resume();
    // Added through the server, so that its overlay keeps the memberships.
    const as = ['-x', '-H', slapd.url, '-D', SEARCH_ACCOUNT.dn, '-w', SEARCH_ACCOUNT.password];
    await run(toolPath('ldapadd'), as, { input: entries });
    return slapd;
  }

  /** Starts it again after `stop`, with what it held. */
  async resume(): Promise<void> {
    const args = ['-h', `${this.url} ${this.secureUrl}`, '-f', this.#path('slapd.conf'), '-d', '0'];
    const group = new ProcessGroup(toolPath('slapd'), args, { env: process.env, logFile: this.#path('slapd.log') });
    this.#group = group;
    const deadlineMs = performance.now() + START_LIMIT_SECONDS * 1000;
    while (!(await this.#answers())) {
      if (group.hasEnded || performance.now() > deadlineMs) {
        await group.kill();
        throw new Error(`slapd did not start; see ${this.#path('slapd.log')}`);
      }
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    await this.#group?.stop();
  }

  async #answers(): Promise<boolean> {
    const anonymously = ['-x', '-H', this.url, '-s', 'base', '-b', ''];
    return run(toolPath('ldapsearch'), anonymously).then(
      () => true,
      () => false,
    );
  }

  async #makeCertificate(): Promise<void> {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const files = ['-keyout', this.#path('key.pem'), '-out', this.#path('certificate.pem')];
    await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files]);
  }

  #configuration(): string {
    return [
      ...SCHEMAS.map((schema) => `include /etc/ldap/schema/${schema}.schema`),
      'modulepath /usr/lib/ldap',
      'moduleload back_mdb',
      'moduleload memberof',
      `pidfile ${this.#path('slapd.pid')}`,
      `TLSCertificateFile ${this.#path('certificate.pem')}`,
      `TLSCertificateKeyFile ${this.#path('key.pem')}`,
      'database mdb',
      'suffix "dc=example,dc=org"',
      `rootdn "${SEARCH_ACCOUNT.dn}"`,
      `rootpw ${SEARCH_ACCOUNT.password}`,
      'dbnosync',
      `directory ${this.#path('data')}`,
      'overlay memberof',
      'memberof-group-oc groupOfNames',
      // Nobody but the search account sees anything: a login by anybody else's eyes would fail.
      'access to attrs=userPassword by anonymous auth by * none',
      'access to * by * none',
      '',
    ].join('\n');
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}
