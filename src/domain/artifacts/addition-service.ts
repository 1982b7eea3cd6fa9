import { AppError } from '#core/errors';
import { type Descriptor, type Manifest, parseManifest } from '#core/manifest';
import type { Reference, RepositoryName } from '#core/reference';
import { type Addition, type AdditionContent, additionsOf } from '#domain/artifacts/addition';
import { MAX_SHOWN_BYTES, readBounded, readFileOf } from '#domain/artifacts/archive-reader';
import type { Artifact } from '#domain/artifacts/artifact';
import type { ArtifactFactsService } from '#domain/artifacts/artifact-facts-service';
import type { ArtifactService } from '#domain/artifacts/artifact-service';
import { ARTIFACT_MEDIA_TYPES } from '#domain/artifacts/artifact-type';
import { chartLayerOf, declaredDependencies, isChartFile, parseRequirements } from '#domain/artifacts/chart-content';
import { buildHistory } from '#domain/artifacts/image-config';
import { documentLayerOf, modelFiles } from '#domain/artifacts/model-content';
import type { BlobService } from '#domain/blobs/blob-service';
import type { ManifestService } from '#domain/manifests/manifest-service';

const TEXT = 'text/plain; charset=utf-8';
const MARKDOWN = 'text/markdown; charset=utf-8';
const JSON_TEXT = 'application/json; charset=utf-8';

export interface AdditionServiceDeps {
  readonly artifacts: ArtifactService;
  readonly manifests: ManifestService;
  readonly blobs: BlobService;
  readonly facts: ArtifactFactsService;
}

/** Parts of an artifact's content that people want to read: how it was built, what a chart or a model says of itself. */
export class AdditionService {
  readonly #deps: AdditionServiceDeps;

  constructor(deps: AdditionServiceDeps) {
    this.#deps = deps;
  }

  /**
   * An addition of the artifact a reference names (`harbor:src/controller/artifact/processor`). NOT_FOUND without the
   * artifact, or when it has no such document; BAD_REQUEST when artifacts of its type have no such addition, or its
   * content is not what it says; REQUEST_ENTITY_TOO_LARGE for a file of more than 4 MiB.
   */
  async read(repository: RepositoryName, reference: Reference, addition: Addition): Promise<AdditionContent> {
    const artifact = await this.#deps.artifacts.get(repository, reference);
    if (artifact.type === 'SBOM') return this.#sbom(artifact);
    if (!additionsOf(artifact).includes(addition)) {
      throw new AppError('BAD_REQUEST', { message: `addition ${addition} isn't supported for ${artifact.type}` });
    }
    const manifest = await this.#manifestOf(artifact);
    if (addition === 'build_history') return toJson(buildHistory(await this.#configOf(artifact, manifest)));
    return artifact.type === 'CHART'
      ? this.#ofChart(artifact, manifest, addition)
      : this.#ofModel(artifact, manifest, addition);
  }

  async #ofChart(artifact: Artifact, manifest: Manifest, addition: Addition): Promise<AdditionContent> {
    if (addition !== 'dependencies') {
      const contentType = addition === 'readme.md' ? MARKDOWN : TEXT;
      return { contentType, body: (await this.#chartFile(artifact, manifest, addition)) ?? '' };
    }
    const declared = declaredDependencies(await this.#configOf(artifact, manifest));
    if (declared) return toJson(declared);
    const requirements = await this.#chartFile(artifact, manifest, 'requirements.yaml');
    return toJson(requirements ? parseRequirements(new TextDecoder().decode(requirements)) : []);
  }

  async #chartFile(artifact: Artifact, manifest: Manifest, name: string): Promise<Uint8Array | undefined> {
    const layer = chartLayerOf(manifest);
    if (!layer) return undefined;
    return readFileOf(await this.#open(artifact, layer), { isGzip: true, isWanted: (path) => isChartFile(path, name) });
  }

  async #ofModel(artifact: Artifact, manifest: Manifest, addition: Addition): Promise<AdditionContent> {
    if (addition === 'files') return toJson(modelFiles(manifest));
    const isReadme = addition === 'readme.md';
    const layer = documentLayerOf(manifest, isReadme ? ['README', 'README.md'] : ['LICENSE', 'LICENSE.txt']);
    if (!layer) throw new AppError('NOT_FOUND', { message: `the model has no ${isReadme ? 'readme' : 'license'}` });
    return { contentType: isReadme ? MARKDOWN : TEXT, body: await this.#document(artifact, layer) };
  }

  async #document(artifact: Artifact, layer: Descriptor): Promise<Uint8Array | string> {
    if (layer.size > MAX_SHOWN_BYTES) {
      throw new AppError('REQUEST_ENTITY_TOO_LARGE', { message: 'the file is too large to be shown' });
    }
    const body = await this.#open(artifact, layer);
    if (layer.mediaType.endsWith('.raw')) return readBounded(body);
    const isGzip = layer.mediaType.endsWith('+gzip');
    return (await readFileOf(body, { isGzip, isWanted: () => true })) ?? '';
  }

  async #sbom(artifact: Artifact): Promise<AdditionContent> {
    const { layers } = await this.#manifestOf(artifact);
    const [layer] = layers;
    if (!layer || layers.length > 1) throw new AppError('NOT_FOUND', { message: 'the sbom is not found' });
    return { contentType: ARTIFACT_MEDIA_TYPES.harborSbom, body: await this.#open(artifact, layer) };
  }

  async #manifestOf({ repository, digest }: Artifact): Promise<Manifest> {
    const stored = await this.#deps.manifests.stat(repository, { kind: 'digest', digest });
    const parsed = parseManifest(await this.#deps.manifests.read(repository, stored), stored.mediaType);
    if (!parsed.ok) throw new Error('a stored manifest cannot be parsed');
    return parsed.value;
  }

  /** The artifact's config, as far as it is one. */
  async #configOf({ repository }: Artifact, manifest: Manifest): Promise<Readonly<Record<string, unknown>>> {
    return (await this.#deps.facts.readConfig(repository, manifest)) ?? {};
  }

  async #open({ repository }: Artifact, { digest }: Descriptor): Promise<ReadableStream<Uint8Array>> {
    const blob = await this.#deps.blobs.stat(repository, digest);
    const body = await this.#deps.blobs.read(repository, blob);
    return body instanceof Uint8Array ? new Blob([body]).stream() : body;
  }
}

function toJson(value: unknown): AdditionContent {
  return { contentType: JSON_TEXT, body: JSON.stringify(value) };
}
