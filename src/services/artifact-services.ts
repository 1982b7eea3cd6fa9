import { D1ArtifactCopyStore } from '#adapters/d1/artifact-copy-store';
import { D1ArtifactStore } from '#adapters/d1/artifact-store';
import { D1IconStore } from '#adapters/d1/icon-store';
import { AdditionService, type AdditionServiceDeps } from '#domain/artifacts/addition-service';
import {
  ArtifactCopyService,
  type ArtifactCopyServiceDeps,
  MAX_ROWS_PER_BATCH,
} from '#domain/artifacts/artifact-copy-service';
import { ArtifactService } from '#domain/artifacts/artifact-service';
import { IconService } from '#domain/icons/icon-service';

type ArtifactParts = Omit<AdditionServiceDeps, 'artifacts'> &
  Omit<ArtifactCopyServiceDeps, 'store' | 'maxRowsPerBatch'>;

/** Artifacts as people look at them, and copies of them. */
export function createArtifactServices(db: D1Database, parts: ArtifactParts) {
  const artifacts = new ArtifactService({ store: new D1ArtifactStore({ db }), ...parts });
  const additions = new AdditionService({ artifacts, ...parts });
  const icons = new IconService({ store: new D1IconStore({ db }), ...parts });
  const copies = { store: new D1ArtifactCopyStore({ db }), ...parts, maxRowsPerBatch: MAX_ROWS_PER_BATCH };
  return { artifacts, additions, icons, artifactCopies: new ArtifactCopyService(copies) };
}
