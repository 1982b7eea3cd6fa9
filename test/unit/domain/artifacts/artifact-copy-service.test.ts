import { expect, it } from 'vitest';
import type { Digest } from '#core/digest';
import { parseArtifactName } from '#core/reference';
import { ArtifactCopyService, type ArtifactCopyServiceDeps } from '#domain/artifacts/artifact-copy-service';

const ROOT = `sha256:${'0'.repeat(64)}` as Digest;

/** Copies an artifact within its repository. Whatever else than `deps` it would ask for is not there, and so fails the test. */
function copy(name: string, deps: Readonly<Record<'manifests' | 'store', unknown>>): Promise<unknown> {
  const copies = new ArtifactCopyService({ ...deps, maxRowsPerBatch: 10 } as unknown as ArtifactCopyServiceDeps);
  const source = parseArtifactName(name);
  if (!source) throw new Error('no name');
  return copies.copy({
    source: source.repository,
    reference: source.reference,
    destination: source.repository,
    project: { id: 1 },
    actor: { username: 'admin', sourceAddress: undefined },
  } as Parameters<ArtifactCopyService['copy']>[0]);
}

it('refuses to copy more than one request may ask of the database, before it writes anything', async () => {
  const copying = copy('library/huge:1', {
    manifests: { find: async () => ({ digest: ROOT, repositoryId: 1 }) },
    store: {
      findSource: async () => ({
        isAccessory: false,
        tags: [],
        artifacts: [{ digest: ROOT, hasChildren: true, rows: 100_001 }],
      }),
    },
  });
  await expect(copying).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

it('does not say it has copied what is deleted while it looks for what belongs to it', async () => {
  let looks = 0;
  const copying = copy('library/gone:1', {
    manifests: { find: async () => (looks++ === 0 ? { digest: ROOT, repositoryId: 1 } : undefined) },
    store: { findSource: async () => ({ isAccessory: false, tags: [], artifacts: [] }) },
  });
  await expect(copying).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
