import { Journal } from '#test/crash/journal';
import type { ImagePlan } from '#test/crash/plan';
import { Pusher } from '#test/crash/pusher';
import { RegistryClient } from '#test/crash/registry-client';
import type { ApiClient } from '#test/kill/api-client';

/** Pushes images of one small layer each, one after the other. */
export async function pushSmallImages(
  { registry }: ApiClient,
  repository: string,
  tags: readonly string[],
): Promise<void> {
  const client = await RegistryClient.connect(registry, [`repository:${repository}:pull,push`]);
  const pusher = new Pusher({ client, journal: new Journal() });
  for (const tag of tags) await pusher.push(planOf(repository, tag));
  client.close();
}

function planOf(repository: string, tag: string): ImagePlan {
  const contentSeed = [...tag].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 0);
  return { repository, tags: [tag], layers: [{ contentSeed, sizeBytes: 2_000, sending: 'post', chunkBytes: 2_000 }] };
}
