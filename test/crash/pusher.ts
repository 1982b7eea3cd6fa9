import { contentOf, digestOf } from '#test/crash/content';
import type { Journal } from '#test/crash/journal';
import type { ImagePlan, LayerPlan } from '#test/crash/plan';
import type { Answer, RegistryClient, Sending } from '#test/crash/registry-client';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Pushes images as clients do and keeps the journal of what the registry acknowledged. */
export class Pusher {
  readonly #client: RegistryClient;
  readonly #journal: Journal;

  constructor(deps: { readonly client: RegistryClient; readonly journal: Journal }) {
    this.#client = deps.client;
    this.#journal = deps.journal;
  }

  /** Pushes layers, config and manifest; throws at the first answer that is not the one the spec asks for. */
  async push(plan: ImagePlan): Promise<void> {
    const layers: Descriptor[] = [];
    for (const layer of plan.layers) layers.push(await this.#pushLayer(plan.repository, layer));
    const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', created_by: plan.tags[0] }));
    const configDescriptor = await this.#pushConfig(plan.repository, config);
    const manifest = { schemaVersion: 2, mediaType: MANIFEST_TYPE, config: configDescriptor, layers };
    const body = Buffer.from(JSON.stringify(manifest));
    for (const tag of plan.tags) await this.#putManifest(plan.repository, tag, body);
  }

  async #pushConfig(repository: string, bytes: Buffer): Promise<Descriptor> {
    const digest = digestOf(bytes);
    await this.#finish(repository, digest, bytes.length, `${uploads(repository)}?digest=${digest}`, 'POST', {
      body: bytes,
    });
    return { mediaType: CONFIG_TYPE, digest, size: bytes.length };
  }

  async #pushLayer(repository: string, layer: LayerPlan): Promise<Descriptor> {
    const bytes = contentOf(layer.contentSeed, layer.sizeBytes);
    const digest = digestOf(bytes);
    await this.#sendBlob(repository, layer, digest, bytes);
    return { mediaType: LAYER_TYPE, digest, size: bytes.length };
  }

  async #sendBlob(repository: string, layer: LayerPlan, digest: string, bytes: Buffer): Promise<void> {
    const finish = (location: string, method: string, sending: Sending = {}) =>
      this.#finish(repository, digest, bytes.length, withDigest(location, digest), method, sending);
    switch (layer.sending) {
      case 'post':
        return finish(uploads(repository), 'POST', { body: bytes });
      case 'post-put':
        return finish(await this.#open(repository), 'PUT', { body: bytes });
      case 'stream':
        return finish(await this.#patch(await this.#open(repository), { body: bytes, isStreamed: true }), 'PUT');
      case 'chunks': {
        const { location } = await this.#sendChunks(repository, bytes, layer.chunkBytes);
        return finish(location, 'PUT');
      }
      case 'chunks-put': {
        const { location, offset } = await this.#sendChunks(repository, bytes, layer.chunkBytes, layer.chunkBytes);
        const headers = { 'content-range': `${offset}-${bytes.length - 1}` };
        return finish(location, 'PUT', { body: bytes.subarray(offset), headers });
      }
      case 'mount':
        return this.#mount(repository, digest, bytes);
      default:
        throw new Error(`no such way to send: ${layer.sending satisfies never}`);
    }
  }

  /** Pushes to a second repository and mounts from there. */
  async #mount(repository: string, digest: string, bytes: Buffer): Promise<void> {
    const source = `${repository}-source`;
    const sourceLocation = withDigest(await this.#open(source), digest);
    await this.#finish(source, digest, bytes.length, sourceLocation, 'PUT', { body: bytes });
    const query = `?mount=${digest}&from=${encodeURIComponent(source)}`;
    await this.#finish(repository, digest, bytes.length, `${uploads(repository)}${query}`, 'POST');
  }

  /** Sends chunks with a Content-Range, except the last `keptBytes` or fewer; answers where the rest goes. */
  async #sendChunks(repository: string, bytes: Buffer, chunkBytes: number, keptBytes = 0) {
    let location = await this.#open(repository);
    let offset = 0;
    while (bytes.length - offset > keptBytes) {
      const body = bytes.subarray(offset, offset + chunkBytes);
      const headers = { 'content-range': `${offset}-${offset + body.length - 1}` };
      location = await this.#patch(location, { body, headers });
      offset += body.length;
    }
    return { location, offset };
  }

  async #open(repository: string): Promise<string> {
    const answer = await this.#client.send('POST', uploads(repository));
    return locationOf(expectStatus(answer, 202, `POST ${uploads(repository)}`));
  }

  async #patch(location: string, sending: Sending): Promise<string> {
    const headers = { 'content-type': 'application/octet-stream', ...sending.headers };
    const answer = await this.#client.send('PATCH', location, { ...sending, headers });
    return locationOf(expectStatus(answer, 202, `PATCH ${location}`));
  }

  async #finish(
    repository: string,
    digest: string,
    sizeBytes: number,
    location: string,
    method: string,
    sending: Sending = {},
  ): Promise<void> {
    const headers = { 'content-type': 'application/octet-stream', ...sending.headers };
    expectStatus(await this.#client.send(method, location, { ...sending, headers }), 201, `${method} ${location}`);
    this.#journal.blobs.push({ repository, digest, sizeBytes });
  }

  async #putManifest(repository: string, tag: string, body: Buffer): Promise<void> {
    const digest = digestOf(body);
    const acknowledge = this.#journal.tagging(repository, tag, digest);
    const path = `/v2/${repository}/manifests/${tag}`;
    const headers = { 'content-type': MANIFEST_TYPE };
    expectStatus(await this.#client.send('PUT', path, { body, headers }), 201, `PUT ${path}`);
    acknowledge();
    this.#journal.manifests.push({ repository, digest });
  }
}

function uploads(repository: string): string {
  return `/v2/${repository}/blobs/uploads/`;
}

function withDigest(location: string, digest: string): string {
  return `${location}${location.includes('?') ? '&' : '?'}digest=${digest}`;
}

function locationOf(answer: Answer): string {
  const { location } = answer.headers;
  if (location === undefined) throw new Error('an answer without Location');
  return location;
}

function expectStatus(answer: Answer, status: number, what: string): Answer {
  if (answer.status === status) return answer;
  throw new Error(`${what}: status ${answer.status}, expected ${status}: ${answer.body.toString().slice(0, 500)}`);
}
