import { parseDigest } from '#core/digest';
import { AppError } from '#core/errors';
import type { BlobService } from '#domain/blobs/blob-service';
import { DRAWINGS } from '#domain/icons/drawings';
import { fixedIconWith } from '#domain/icons/fixed-icon';
import { iconMediaType, MAX_ICON_BYTES } from '#domain/icons/icon-image';
import type { IconStore } from '#domain/icons/icon-store';

export interface IconServiceDeps {
  readonly store: IconStore;
  readonly blobs: Pick<BlobService, 'stat' | 'read'>;
}

export interface Icon {
  readonly mediaType: string;
  readonly base64: string;
}

/** Pictures that stand for artifacts: those of their types, and those that artifacts bring as a layer. */
export class IconService {
  readonly #deps: IconServiceDeps;

  constructor(deps: IconServiceDeps) {
    this.#deps = deps;
  }

  /** The icon; NOT_FOUND for a digest that is no icon's. Whoever knows the digest may see it, as in Harbor. */
  async get(text: string): Promise<Icon> {
    const digest = parseDigest(text);
    const fixed = digest && fixedIconWith(digest);
    if (fixed) return { mediaType: 'image/png', base64: DRAWINGS[fixed] };
    const repository = digest && (await this.#deps.store.findRepositoryWith(digest));
    if (!digest || !repository) throw notFound(text);
    const blob = await this.#deps.blobs.stat(repository, digest);
    if (blob.sizeBytes > MAX_ICON_BYTES) throw notFound(text);
    const bytes = await new Response(await this.#deps.blobs.read(repository, blob)).bytes();
    const mediaType = iconMediaType(bytes);
    if (mediaType === undefined) throw notFound(text);
    return { mediaType, base64: Buffer.from(bytes).toString('base64') };
  }
}

function notFound(digest: string): AppError {
  return new AppError('NOT_FOUND', { message: `the icon ${digest.slice(0, 150)} not found` });
}
