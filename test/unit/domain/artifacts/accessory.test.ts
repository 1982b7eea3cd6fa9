import { describe, expect, it } from 'vitest';
import { digestFromHex } from '#core/digest';
import { parseTag, type TagName } from '#core/reference';
import { accessoryOf } from '#domain/artifacts/accessory';
import { type RealManifest, realManifest, SUBJECT } from '#test/support/manifests';

const tagged = (text: string) => {
  const tag = parseTag(text);
  if (!tag) throw new Error(`${text} is no tag`);
  return [tag];
};
const HEX = 'ab'.repeat(32);
const DIGEST = digestFromHex('sha256', 'cd'.repeat(32));
const accessory = (name: RealManifest, tags: readonly TagName[]) =>
  accessoryOf({ manifest: realManifest(name), digest: DIGEST }, tags);

describe('accessoryOf', () => {
  it.each<[RealManifest, string]>([
    ['cosignBySubject', 'signature.cosign'],
    ['sigstoreBundle', 'signature.cosign'],
    ['notation', 'signature.notation'],
    ['notationByConfig', 'signature.notation'],
    ['nydus', 'accelerator.nydus'],
    ['harborSbom', 'sbom.harbor'],
    ['otherReferrer', 'subject.accessory'],
    ['imageWithSubject', 'subject.accessory'],
    ['indexWithSubject', 'subject.accessory'],
  ])('takes %s for a %s of its subject', (name, type) => {
    expect(accessory(name, [])).toEqual({ type, of: SUBJECT.digest });
  });

  it.each<RealManifest>(['docker', 'oci', 'ociIndex', 'helm', 'wasmModule', 'model', 'oras', 'cosignByTag'])(
    'leaves %s to stand for itself',
    (name) => {
      expect(accessory(name, tagged('1.0'))).toBeUndefined();
    },
  );

  it('takes what cosign pushes under the tag of a digest for its signature', () => {
    const signature = { type: 'signature.cosign', of: `sha256:${HEX}` };
    expect(accessory('cosignByTag', tagged(`sha256-${HEX}.sig`))).toEqual(signature);
  });

  it.each([
    `sha256-${HEX}.att`,
    `sha256-${HEX}.sbom`,
    `sha256-${HEX}`,
    `sha256-${HEX.slice(1)}.sig`,
    `x-sha256-${HEX}.sig`,
  ])('takes the tag %s for any other', (tag) => {
    expect(accessory('cosignByTag', tagged(tag))).toBeUndefined();
  });

  it('is about no artifact that it is itself', () => {
    const own = { manifest: realManifest('cosignByTag'), digest: digestFromHex('sha256', HEX) };
    expect(accessoryOf(own, tagged(`sha256-${HEX}.sig`))).toBeUndefined();
  });

  it('wants a signature under such a tag', () => {
    expect(accessory('oci', tagged(`sha256-${HEX}.sig`))).toBeUndefined();
  });

  it('goes by the subject of a signature that has both', () => {
    expect(accessory('cosignBySubject', tagged(`sha256-${HEX}.sig`))?.of).toBe(SUBJECT.digest);
  });
});
