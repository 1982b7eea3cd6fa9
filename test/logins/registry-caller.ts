import { createHash } from 'node:crypto';
import type { Registry } from '#test/support/suites/roadstead-server';

export interface CurrentUser {
  readonly username: string;
  readonly email?: string;
  readonly realname: string;
  readonly sysadmin_flag: boolean;
  readonly admin_role_in_auth: boolean;
}

/** The registry as somebody with a name and a password sees it. */
export class RegistryCaller {
  readonly #url: string;
  readonly #authorization: string;

  constructor(registry: Pick<Registry, 'url'>, username: string, password: string) {
    this.#url = registry.url;
    this.#authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  send(method: string, path: string, json?: unknown): Promise<Response> {
    return fetch(new URL(path, this.#url), {
      method,
      headers: { authorization: this.#authorization, 'content-type': 'application/json' },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
  }

  /** Throws unless the answer has the status. */
  async expect(status: number, method: string, path: string, json?: unknown): Promise<Response> {
    const response = await this.send(method, path, json);
    if (response.status === status) return response;
    throw new Error(`${method} ${path}: status ${response.status}, expected ${status}: ${await response.text()}`);
  }

  async currentUser(): Promise<CurrentUser> {
    return (await this.expect(200, 'GET', '/api/v2.0/users/current')).json() as Promise<CurrentUser>;
  }

  /** Status of a pull as docker makes it: a token for the repository, then the manifest with it. */
  async pull(repository: string): Promise<number> {
    const query = new URLSearchParams({ service: 'harbor-registry', scope: `repository:${repository}:pull` });
    const issued = await this.send('GET', `/service/token?${query}`);
    if (issued.status !== 200) return issued.status;
    const { token } = (await issued.json()) as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(new URL(`/v2/${repository}/manifests/1`, this.#url), { headers })).status;
  }

  /** Makes a private project and pushes the smallest image to it. */
  async seedRepository(project: string, repository: string): Promise<void> {
    await this.expect(201, 'POST', '/api/v2.0/projects', { project_name: project, metadata: { public: 'false' } });
    const config = Buffer.from('{}');
    const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
    const opened = await this.expect(202, 'POST', `/v2/${repository}/blobs/uploads/`);
    const location = new URL(opened.headers.get('location') ?? '', this.#url);
    location.searchParams.set('digest', digest);
    await this.#put(location, config, 'application/octet-stream');
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const descriptor = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: config.length };
    const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: descriptor, layers: [] }));
    await this.#put(new URL(`/v2/${repository}/manifests/1`, this.#url), manifest, mediaType);
  }

  async #put(url: URL, bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<void> {
    const headers = { authorization: this.#authorization, 'content-type': contentType };
    const { status } = await fetch(url, { method: 'PUT', headers, body: bytes });
    if (status !== 201) throw new Error(`PUT ${url.pathname}: status ${status}`);
  }
}
