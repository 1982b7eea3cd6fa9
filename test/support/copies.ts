import { MEDIA_TYPES } from '#core/media-types';
import type { Harness } from '#test/support/harness';
import { descriptor, type Image, jsonBytes, pushBlob, pushImage, putManifest, randomImage } from '#test/support/images';
import { testEnv } from '#test/support/server';

/** Pushes an image under tags, the first of them with its layers. */
export async function pushTagged(harness: Harness, repository: string, ...tags: readonly string[]): Promise<Image> {
  const image = randomImage();
  const [first, ...others] = tags;
  await expectCreated(pushImage(harness, repository, image, first));
  for (const tag of others) await expectCreated(putManifest(harness, repository, tag, image.manifest, image.mediaType));
  return image;
}

/** Pushes an index of so many small images, which share their content. */
export async function pushIndex(
  harness: Harness,
  repository: string,
  tag: string,
  children: number,
): Promise<{ readonly digest: string; readonly children: readonly string[] }> {
  const { config, layers } = randomImage();
  for (const bytes of [config, ...layers]) await pushBlob(harness, repository, bytes);
  const manifests = Array.from({ length: children }, (_, number) =>
    jsonBytes({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      config: descriptor(config, MEDIA_TYPES.ociConfig),
      layers: layers.map((layer) => descriptor(layer, 'application/vnd.oci.image.layer.v1.tar')),
      annotations: { number: String(number) },
    }),
  );
  const described = manifests.map((bytes) => descriptor(bytes, MEDIA_TYPES.ociManifest));
  for (const [number, bytes] of manifests.entries()) {
    const digest = described[number]?.digest ?? '';
    await expectCreated(putManifest(harness, repository, digest, bytes, MEDIA_TYPES.ociManifest));
  }
  const index = jsonBytes({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: described });
  await expectCreated(putManifest(harness, repository, tag, index, MEDIA_TYPES.ociIndex));
  return { digest: descriptor(index, '').digest, children: described.map(({ digest }) => digest) };
}

/** Pushes an image that is about another, and is known as its accessory. */
export async function pushAccessory(harness: Harness, repository: string, subject: string): Promise<Image> {
  const image = randomImage({ extra: { subject: { mediaType: MEDIA_TYPES.ociManifest, digest: subject, size: 1 } } });
  await expectCreated(pushImage(harness, repository, image));
  await testEnv.DB.prepare(
    `update artifacts set accessory_type = 'subject.accessory', accessory_of_digest = subject_digest where digest = ?`,
  )
    .bind(image.digest)
    .run();
  return image;
}

/** Digests in a repository, children and accessories included. */
export async function digestsIn(repository: string): Promise<readonly string[]> {
  const rows = await testEnv.DB.prepare(
    `select a.digest from artifacts a join repositories r on r.id = a.repository_id join projects p on p.id = r.project_id
     where p.name || '/' || r.name = ? order by a.digest`,
  )
    .bind(repository)
    .all<{ digest: string }>();
  return rows.results.map(({ digest }) => digest);
}

async function expectCreated(response: Promise<Response>): Promise<void> {
  const { status } = await response;
  if (status !== 201) throw new Error(`a push answered ${status}`);
}
