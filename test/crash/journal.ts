export interface AcknowledgedBlob {
  readonly repository: string;
  readonly digest: string;
  readonly sizeBytes: number;
}

export interface AcknowledgedManifest {
  readonly repository: string;
  readonly digest: string;
}

interface TagAttempt {
  readonly digest: string;
  isAcknowledged: boolean;
}

/** What the registry has promised by answering 201. */
export class Journal {
  readonly blobs: AcknowledgedBlob[] = [];
  readonly manifests: AcknowledgedManifest[] = [];
  /** By `repository:tag`, in the order they were sent; each tag has one pusher, so the order is known. */
  readonly #tagAttempts = new Map<string, TagAttempt[]>();

  /** Records that a tag is about to be put; call the answer when the registry has acknowledged it. */
  tagging(repository: string, tag: string, digest: string): () => void {
    const name = `${repository}:${tag}`;
    const attempt: TagAttempt = { digest, isAcknowledged: false };
    const attempts = this.#tagAttempts.get(name) ?? [];
    this.#tagAttempts.set(name, [...attempts, attempt]);
    return () => {
      attempt.isAcknowledged = true;
    };
  }

  /** For each tag that must exist, the digests it may have: the last acknowledged one, or one sent after it. */
  expectedTags(): readonly (readonly [repository: string, tag: string, digests: readonly string[]])[] {
    return [...this.#tagAttempts].flatMap(([name, attempts]) => {
      const last = attempts.findLastIndex((attempt) => attempt.isAcknowledged);
      if (last < 0) return [];
      const colon = name.lastIndexOf(':');
      return [[name.slice(0, colon), name.slice(colon + 1), attempts.slice(last).map(({ digest }) => digest)]];
    });
  }
}
