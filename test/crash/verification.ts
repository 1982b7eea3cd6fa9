import { digestOf } from '#test/crash/content';
import type { AcknowledgedBlob, AcknowledgedManifest, Journal } from '#test/crash/journal';
import type { RegistryClient } from '#test/crash/registry-client';

/** Throws unless every blob pulls with the bytes that were acknowledged. */
export async function verifyBlobs(client: RegistryClient, blobs: readonly AcknowledgedBlob[]): Promise<void> {
  for (const { repository, digest, sizeBytes } of blobs) {
    const { status, body } = await client.send('GET', `/v2/${repository}/blobs/${digest}`);
    if (status === 200 && body.length === sizeBytes && digestOf(body) === digest) continue;
    throw new Error(
      `acknowledged blob ${digest} of ${repository}: status ${status}, ${body.length} of ${sizeBytes} bytes`,
    );
  }
}

/** Throws unless every manifest pulls by digest, and every tag leads to a manifest it may lead to. */
export async function verifyManifests(
  client: RegistryClient,
  manifests: readonly AcknowledgedManifest[],
  expectedTags: ReturnType<Journal['expectedTags']>,
): Promise<void> {
  for (const { repository, digest } of manifests) {
    const { status, body } = await client.send('GET', `/v2/${repository}/manifests/${digest}`);
    if (status === 200 && digestOf(body) === digest) continue;
    throw new Error(`acknowledged manifest ${digest} of ${repository}: status ${status}`);
  }
  for (const [repository, tag, digests] of expectedTags) {
    const { status, body } = await client.send('GET', `/v2/${repository}/manifests/${tag}`);
    if (status === 200 && digests.includes(digestOf(body))) continue;
    throw new Error(`tag ${repository}:${tag}: status ${status}, ${digestOf(body)}; expected one of ${digests}`);
  }
}

/** Throws when anything is listed that is not wholly there; answers the number of tags. */
export async function verifyListings(client: RegistryClient): Promise<number> {
  const { repositories } = await readJson<{ repositories: string[] }>(client, '/v2/_catalog?n=1000');
  const checkedBlobs = new Set<string>();
  let tagCount = 0;
  for (const repository of repositories) {
    const { tags } = await readJson<{ tags: string[] }>(client, `/v2/${repository}/tags/list`);
    if (tags.length === 0) throw new Error(`the catalog lists ${repository}, which holds no manifest`);
    for (const tag of tags) await verifyImage(client, repository, tag, checkedBlobs);
    tagCount += tags.length;
  }
  return tagCount;
}

interface Manifest {
  readonly config: { readonly digest: string; readonly size: number };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

async function verifyImage(
  client: RegistryClient,
  repository: string,
  tag: string,
  checked: Set<string>,
): Promise<void> {
  const manifest = await readJson<Manifest>(client, `/v2/${repository}/manifests/${tag}`);
  for (const { digest, size } of [manifest.config, ...manifest.layers]) {
    const path = `/v2/${repository}/blobs/${digest}`;
    if (checked.has(path)) continue;
    checked.add(path);
    const { status, headers } = await client.send('HEAD', path);
    if (status === 200 && headers['content-length'] === String(size)) continue;
    throw new Error(`${repository}:${tag} is listed, but its blob ${digest} answers ${status}`);
  }
}

async function readJson<T>(client: RegistryClient, path: string): Promise<T> {
  const { status, body } = await client.send('GET', path);
  if (status !== 200) throw new Error(`GET ${path}: status ${status}: ${body.toString().slice(0, 300)}`);
  return JSON.parse(body.toString()) as T;
}
