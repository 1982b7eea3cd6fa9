import { expect, it } from 'vitest';
import type { Digest } from '#core/digest';
import { parseArtifactName } from '#core/reference';
import { ArtifactCopyService, type ArtifactCopyServiceDeps } from '#domain/artifacts/artifact-copy-service';

it('refuses to copy more than one request may ask of the database, before it writes anything', async () => {
  const root = `sha256:${'0'.repeat(64)}` as Digest;
  // Whatever else it would ask for is not there, and so fails the test.
  const copies = new ArtifactCopyService({
    manifests: { find: async () => ({ digest: root, repositoryId: 1 }) },
    store: {
      findSource: async () => ({
        isAccessory: false,
        tags: [],
        artifacts: [{ digest: root, hasChildren: true, rows: 100_001 }],
      }),
    },
    maxRowsPerBatch: 10,
  } as unknown as ArtifactCopyServiceDeps);
  const source = parseArtifactName('library/huge:1');
  if (!source) throw new Error('no name');
  const copying = copies.copy({
    source: source.repository,
    reference: source.reference,
    destination: source.repository,
    project: { id: 1 },
    actor: { username: 'admin', sourceAddress: undefined },
  } as Parameters<ArtifactCopyService['copy']>[0]);
  await expect(copying).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

it('does not say it has copied what is deleted while it looks for what belongs to it', async () => {
  const root = `sha256:${'0'.repeat(64)}` as Digest;
  let looks = 0;
  const copies = new ArtifactCopyService({
    manifests: { find: async () => (looks++ === 0 ? { digest: root, repositoryId: 1 } : undefined) },
    store: { findSource: async () => ({ isAccessory: false, tags: [], artifacts: [] }) },
    maxRowsPerBatch: 10,
  } as unknown as ArtifactCopyServiceDeps);
  const source = parseArtifactName('library/gone:1');
  if (!source) throw new Error('no name');
  const copying = copies.copy({
    source: source.repository,
    reference: source.reference,
    destination: source.repository,
    project: { id: 1 },
    actor: { username: 'admin', sourceAddress: undefined },
  } as Parameters<ArtifactCopyService['copy']>[0]);
  await expect(copying).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
