import { crc32, deflateSync } from 'node:zlib';
import type { Shape } from '#scripts/icons/shapes';

/** Width and height, in pixels. */
const SIZE = 48;
/** Samples a pixel, in each direction. */
const SAMPLES = 5;
/** Steps from clear to opaque: four bits a pixel. */
const LEVELS = 16;

/** A shape in one colour on nothing, as a PNG with a palette of opacities (PNG specification, third edition). */
export function drawPng(shape: Shape, [red, green, blue]: readonly [number, number, number]): Buffer {
  const levels = Array.from({ length: LEVELS }, (_, level) => Math.round((level * 255) / (LEVELS - 1)));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE, 0);
  header.writeUInt32BE(SIZE, 4);
  // Depth 4, indexed colour; then deflate, no filter method but the one there is, not interlaced.
  header.set([4, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(levels.flatMap(() => [red, green, blue]))),
    chunk('tRNS', Buffer.from(levels)),
    chunk('IDAT', deflateSync(Buffer.concat(rowsOf(shape)), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Two pixels a byte, after a byte that says the row is unfiltered. */
function rowsOf(shape: Shape): Buffer[] {
  return Array.from({ length: SIZE }, (_, y) => {
    const row = Buffer.alloc(1 + SIZE / 2);
    for (let x = 0; x < SIZE; x += 2) row[1 + x / 2] = (levelAt(shape, x, y) << 4) | levelAt(shape, x + 1, y);
    return row;
  });
}

function levelAt(shape: Shape, x: number, y: number): number {
  let covered = 0;
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
    const [dx, dy] = [sample % SAMPLES, Math.floor(sample / SAMPLES)].map((step) => (step + 0.5) / SAMPLES);
    if (shape((x + (dx ?? 0)) / SIZE, (y + (dy ?? 0)) / SIZE)) covered++;
  }
  return Math.round((covered * (LEVELS - 1)) / (SAMPLES * SAMPLES));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
