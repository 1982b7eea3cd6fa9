interface StoredObject {
  readonly bytes: Uint8Array;
  readonly uploaded: Date;
}

/** R2 in memory, as far as blobs need it. */
export class MemoryBucket {
  readonly #objects = new Map<string, StoredObject>();

  get keys(): readonly string[] {
    return [...this.#objects.keys()].sort();
  }

  clear(): void {
    this.#objects.clear();
  }

  asR2(): R2Bucket {
    const bucket = {
      put: async (key: string, value: Uint8Array) => {
        this.#objects.set(key, { bytes: value, uploaded: new Date(0) });
      },
      get: async (key: string) => {
        const found = this.#objects.get(key);
        return found ? { body: new Response(found.bytes).body } : null;
      },
      head: async (key: string) => {
        const found = this.#objects.get(key);
        return found ? { size: found.bytes.length } : null;
      },
      delete: async (keys: string | readonly string[]) => {
        for (const key of typeof keys === 'string' ? [keys] : keys) this.#objects.delete(key);
      },
      list: async ({ prefix = '', limit = 1000, startAfter = '' } = {}) => {
        const matching = this.keys.filter((key) => key.startsWith(prefix) && key > startAfter);
        const page = matching.slice(0, limit);
        const objects = page.map((key) => ({ key, uploaded: this.#objects.get(key)?.uploaded }));
        return { objects, truncated: matching.length > limit };
      },
    };
    return bucket as unknown as R2Bucket;
  }
}
