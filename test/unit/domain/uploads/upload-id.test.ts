import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRepositoryName, type RepositoryName } from '#core/reference';
import { homeOf, UPLOAD_LIFETIME_MS, UploadIds } from '#domain/uploads/upload-id';

function name(text: string): RepositoryName {
  const parsed = parseRepositoryName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const repository = name('library/app');
const ids = new UploadIds({ secretKey: 'a secret key that is long enough for anybody' });
const NOW_MS = 1_795_000_000_000;
const unknown = expect.objectContaining({ code: 'BLOB_UPLOAD_UNKNOWN' });

describe('an upload id', () => {
  it('is known again, with its algorithm, until a day has passed', () => {
    for (const algorithm of [undefined, 'sha512'] as const) {
      const id = ids.issue(repository, NOW_MS, algorithm);
      expect(ids.verify(id.text, repository, NOW_MS + UPLOAD_LIFETIME_MS)).toEqual(id);
      expect(() => ids.verify(id.text, repository, NOW_MS + UPLOAD_LIFETIME_MS + 1)).toThrow(unknown);
      expect(id.algorithm).toBe(algorithm ?? 'sha256');
    }
  });

  it('is unknown with any character changed, in another repository, and to another deployment', () => {
    const { text } = ids.issue(repository, NOW_MS);
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.constantFrom('0', 'f', 'z', 'A', '.', '-'), (at, character) => {
        fc.pre(text[at] !== character);
        const forged = text.slice(0, at) + character + text.slice(at + 1);
        expect(() => ids.verify(forged, repository, NOW_MS)).toThrow(unknown);
      }),
    );
    expect(() => ids.verify(text, name('library/app2'), NOW_MS)).toThrow(unknown);
    const elsewhere = new UploadIds({ secretKey: 'another secret key that is long enough' });
    expect(() => elsewhere.verify(text, repository, NOW_MS)).toThrow(unknown);
  });

  it('of any text is unknown at worst', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => ids.verify(text, repository, NOW_MS)).toThrow(unknown);
      }),
    );
  });

  it('cannot be had without a secret key', () => {
    const keyless = new UploadIds({ secretKey: undefined });
    expect(() => keyless.issue(repository, NOW_MS)).toThrow(expect.objectContaining({ code: 'LOGIN_DISABLED' }));
  });

  it('shares its home with those issued soon after, and not for longer', () => {
    const own = new UploadIds({ secretKey: 'a secret key that is long enough for anybody' });
    const homeAt = (nowMs: number) => homeOf(own.issue(repository, nowMs).text);
    const first = homeAt(NOW_MS);
    expect(homeAt(NOW_MS + 1000)).toBe(first);
    expect(homeAt(NOW_MS + 15 * 60_000)).not.toBe(first);
  });
});
