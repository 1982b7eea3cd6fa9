import { type Outgoing, send } from '#scripts/bench/client/http';
import { MANIFEST_TYPE, type SyntheticImage } from '#scripts/bench/client/image';
import type { SyntheticBlob } from '#scripts/bench/client/synthetic-blob';
import type { RegistryPeer } from '#scripts/bench/peers/peer';

/** One repository of a registry, seen through a client that was given its credentials beforehand. */
export class RegistryClient {
  readonly #origin: string;
  readonly #repository: string;
  readonly #authorization: string | undefined;

  private constructor(origin: string, repository: string, authorization: string | undefined) {
    this.#origin = origin;
    this.#repository = repository;
    this.#authorization = authorization;
  }

  static async logIn(peer: RegistryPeer, repository: string): Promise<RegistryClient> {
    return new RegistryClient(peer.origin, repository, await peer.authorize(repository));
  }

  /** An absolute URL inside the repository. */
  url(path: string): string {
    return `${this.#origin}/v2/${this.#repository}/${path}`;
  }

  get authorization(): string | undefined {
    return this.#authorization;
  }

  /** POST, one PATCH without Content-Length, PUT. */
  async pushStreamed(blob: SyntheticBlob): Promise<void> {
    const location = await this.#openUpload();
    await this.finishUpload(await this.#patch(location, { body: blob.pieces() }), blob);
  }

  /** POST, one PATCH with Content-Length, PUT: as skopeo and podman push. */
  async pushWithLength(blob: SyntheticBlob): Promise<void> {
    const location = await this.#openUpload();
    const headers = { 'content-length': blob.sizeBytes };
    await this.finishUpload(await this.#patch(location, { headers, body: blob.pieces() }), blob);
  }

  /** POST, then one PUT that brings the whole blob: as containerd and BuildKit push. */
  async pushWhole(blob: SyntheticBlob): Promise<void> {
    const url = new URL(await this.#openUpload());
    url.searchParams.set('digest', blob.digest);
    const headers = { 'content-length': blob.sizeBytes, 'content-type': 'application/octet-stream' };
    await this.#send({ method: 'PUT', url, headers, body: blob.pieces(), expect: 201 });
  }

  /** POST and a PATCH for each chunk with its Content-Range; answers where the upload is to be finished. */
  async uploadInChunks(blob: SyntheticBlob, chunkSizes: readonly number[]): Promise<string> {
    let location = await this.#openUpload();
    let start = 0;
    for (const size of chunkSizes) {
      const end = start + size;
      const headers = { 'content-length': size, 'content-range': `${start}-${end - 1}` };
      location = await this.#patch(location, { headers, body: blob.pieces(start, end) });
      start = end;
    }
    return location;
  }

  /** The PUT, without a body, that makes an upload a blob. */
  async finishUpload(location: string, blob: SyntheticBlob): Promise<void> {
    const url = new URL(location);
    url.searchParams.set('digest', blob.digest);
    await this.#send({ method: 'PUT', url, headers: { 'content-length': 0 }, expect: 201 });
  }

  /** Each blob as docker pushes it, then the manifest. */
  async push(tag: string, { blobs, manifest }: SyntheticImage): Promise<void> {
    for (const blob of blobs) await this.#pushIfAbsent(blob);
    await this.#send({
      method: 'PUT',
      url: this.url(`manifests/${tag}`),
      headers: { 'content-type': MANIFEST_TYPE, 'content-length': manifest.length },
      body: [manifest],
      expect: 201,
    });
  }

  /** Tag first, then the manifest by its digest, then every blob: as containerd pulls. */
  async pull(tag: string, { manifestDigest, blobs }: SyntheticImage): Promise<void> {
    const headers = { accept: MANIFEST_TYPE };
    await this.#send({ method: 'HEAD', url: this.url(`manifests/${tag}`), headers, expect: 200 });
    await this.#send({ method: 'GET', url: this.url(`manifests/${manifestDigest}`), headers, expect: 200 });
    for (const blob of blobs) await this.#send({ method: 'GET', url: this.url(`blobs/${blob.digest}`), expect: 200 });
  }

  /** HEAD, and for a blob that the registry has not, POST, PATCH and PUT. */
  async #pushIfAbsent(blob: SyntheticBlob): Promise<void> {
    await this.#send({ method: 'HEAD', url: this.url(`blobs/${blob.digest}`), expect: 404 });
    await this.pushStreamed(blob);
  }

  async #openUpload(): Promise<string> {
    const { headers } = await this.#send({
      method: 'POST',
      url: this.url('blobs/uploads/'),
      headers: { 'content-length': 0 },
      expect: 202,
    });
    return this.#resolve(headers.location);
  }

  async #patch(location: string, content: Pick<Outgoing, 'headers' | 'body'>): Promise<string> {
    const { headers } = await this.#send({
      method: 'PATCH',
      url: location,
      ...content,
      headers: { 'content-type': 'application/octet-stream', ...content.headers },
      expect: 202,
    });
    return this.#resolve(headers.location);
  }

  #resolve(location: string | undefined): string {
    if (location === undefined) throw new Error('the registry named no Location');
    return new URL(location, this.#origin).href;
  }

  #send(outgoing: Outgoing) {
    return send({ ...outgoing, headers: { authorization: this.#authorization, ...outgoing.headers } });
  }
}
