/** Largest icon, in bytes: 1 MiB (`harbor:src/controller/artifact/annotation/v1alpha1.go`). */
export const MAX_ICON_BYTES = 2 ** 20;

/** Bytes that are enough to tell an image's format. */
export const SIGNATURE_BYTES = 8;

const SIGNATURES: readonly (readonly [string, readonly number[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38, 0x37, 0x61]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38, 0x39, 0x61]],
];

/** The media type of an image that may be an icon, told by how its bytes begin; undefined for anything else. */
export function iconMediaType(bytes: Uint8Array): string | undefined {
  return SIGNATURES.find(([, signature]) => signature.every((byte, index) => bytes[index] === byte))?.[0];
}
