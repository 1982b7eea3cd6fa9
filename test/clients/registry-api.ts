import { createHash } from 'node:crypto';
import type { Registry } from '#test/support/suites/roadstead-server';

const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

export interface StoredManifest {
  /** Computed from the bytes, not taken from a header. */
  readonly digest: string;
  readonly mediaType: string;
  readonly body: string;
}

/** The registry without any client in between: what the clients' words are checked against. */
export class RegistryApi {
  readonly #registry: Registry;
  readonly #basic: string;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#basic = `Basic ${Buffer.from(`${registry.username}:${registry.password}`).toString('base64')}`;
  }

  /** The manifest as it is stored; undefined when there is none. */
  async manifest(repository: string, tagOrDigest: string): Promise<StoredManifest | undefined> {
    const response = await this.#get(`/v2/${repository}/manifests/${tagOrDigest}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw new Error(`manifest ${repository} ${tagOrDigest}: status ${response.status}`);
    return {
      digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
      mediaType: response.headers.get('content-type') ?? '',
      body: new TextDecoder().decode(bytes),
    };
  }

  /** The digest a tag stands for; throws when there is no such tag. */
  async digest(repository: string, tag: string): Promise<string> {
    const manifest = await this.manifest(repository, tag);
    if (manifest === undefined) throw new Error(`${repository}:${tag} is not in the registry`);
    return manifest.digest;
  }

  async tags(repository: string): Promise<readonly string[]> {
    const response = await this.#get(`/v2/${repository}/tags/list`);
    if (response.status !== 200) throw new Error(`tags of ${repository}: status ${response.status}`);
    return ((await response.json()) as { tags: readonly string[] }).tags;
  }

  /** Throws when the project is not made. */
  async createPrivateProject(name: string): Promise<void> {
    await this.create('projects', { project_name: name, metadata: { public: 'false' } });
  }

  /** `POST /api/v2.0/<path>`; throws unless something was created. Answers its address and what the answer held. */
  async create(path: string, body?: unknown): Promise<{ readonly location: string; readonly answer: string }> {
    const response = await fetch(`${this.#registry.url}/api/v2.0/${path}`, {
      method: 'POST',
      headers: { authorization: this.#basic, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    if (response.status !== 201) throw new Error(`POST ${path}: status ${response.status} ${answer}`);
    return { location: response.headers.get('location') ?? '', answer };
  }

  /** `POST /api/v2.0/<path>` that changes something; throws unless it did. */
  async post(path: string, body: unknown): Promise<void> {
    const response = await fetch(`${this.#registry.url}/api/v2.0/${path}`, {
      method: 'POST',
      headers: { authorization: this.#basic, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.status !== 200) throw new Error(`POST ${path}: status ${response.status} ${await response.text()}`);
  }

  /** `DELETE /api/v2.0/<path>`; throws unless something was deleted. */
  async delete(path: string): Promise<void> {
    const headers = { authorization: this.#basic };
    const response = await fetch(`${this.#registry.url}/api/v2.0/${path}`, { method: 'DELETE', headers });
    if (response.status !== 200) throw new Error(`DELETE ${path}: status ${response.status} ${await response.text()}`);
  }

  /** `GET /api/v2.0/<path>`; throws unless there is something. */
  async read(path: string): Promise<unknown> {
    const response = await this.#get(`/api/v2.0/${path}`);
    if (response.status !== 200) throw new Error(`GET ${path}: status ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** What `GET /v2/` asks of a caller without credentials. */
  async challenge(): Promise<string> {
    const response = await fetch(`${this.#registry.url}/v2/`);
    return `${response.status} ${response.headers.get('www-authenticate') ?? ''}`;
  }

  #get(path: string): Promise<Response> {
    return fetch(`${this.#registry.url}${path}`, { headers: { authorization: this.#basic, accept: MANIFEST_TYPES } });
  }
}
