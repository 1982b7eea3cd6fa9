/** Draws the icons of artifacts anew, into src/domain/icons/drawings.ts: `npm run icons`. */
import { writeFileSync } from 'node:fs';
import { drawPng } from '#scripts/icons/png';
import { disc, polygon, rectangle, ring, type Shape, stroke, union, without } from '#scripts/icons/shapes';

const sheet = (y: number): Shape => polygon([0.5, y - 0.17], [0.92, y], [0.5, y + 0.17], [0.08, y]);
const edge = (y: number): Shape => stroke(0.07, [0.12, y], [0.5, y + 0.16], [0.88, y]);

const hexagon = polygon([0.5, 0.04], [0.9, 0.27], [0.9, 0.73], [0.5, 0.96], [0.1, 0.73], [0.1, 0.27]);
const tick = stroke(0.1, [0.31, 0.47], [0.45, 0.61], [0.7, 0.33]);
const node = (x: number, y: number): Shape => disc([x, y], 0.13);

const ICONS: Readonly<Record<string, readonly [Shape, readonly [number, number, number]]>> = {
  // Layers, one on another.
  image: [union(sheet(0.27), edge(0.48), edge(0.68)), [0x1f, 0x6f, 0xb5]],
  // A compass rose.
  chart: [
    union(
      ring([0.5, 0.5], 0.46, 0.07),
      polygon(
        [0.5, 0.12],
        [0.59, 0.41],
        [0.88, 0.5],
        [0.59, 0.59],
        [0.5, 0.88],
        [0.41, 0.59],
        [0.12, 0.5],
        [0.41, 0.41],
      ),
    ),
    [0x2a, 0x5c, 0x8a],
  ],
  // A parcel with its string.
  cnab: [
    without(
      rectangle([0.1, 0.16], [0.9, 0.88]),
      rectangle([0.1, 0.36], [0.9, 0.42]),
      rectangle([0.47, 0.42], [0.53, 0.88]),
    ),
    [0x8a, 0x5a, 0x2b],
  ],
  wasm: [
    without(hexagon, stroke(0.07, [0.27, 0.36], [0.38, 0.66], [0.5, 0.42], [0.62, 0.66], [0.73, 0.36])),
    [0x5b, 0x45, 0xc9],
  ],
  // Nodes that are joined.
  cnai: [
    union(
      node(0.5, 0.18),
      node(0.2, 0.76),
      node(0.8, 0.76),
      stroke(0.06, [0.5, 0.18], [0.2, 0.76], [0.8, 0.76], [0.5, 0.18]),
    ),
    [0x0f, 0x8a, 0x6d],
  ],
  // Anything that is kept.
  default: [
    union(without(rectangle([0.1, 0.1], [0.9, 0.9]), rectangle([0.18, 0.18], [0.82, 0.82])), disc([0.5, 0.5], 0.16)),
    [0x6b, 0x74, 0x80],
  ],
  // A seal that holds.
  cosign: [without(disc([0.5, 0.47], 0.42), tick), [0x1f, 0x8f, 0x4d]],
  // A hand's stroke above a line.
  notation: [
    union(
      stroke(0.09, [0.1, 0.62], [0.3, 0.24], [0.36, 0.62], [0.58, 0.3], [0.64, 0.6], [0.9, 0.42]),
      stroke(0.06, [0.1, 0.84], [0.9, 0.84]),
    ),
    [0x2f, 0x55, 0xa4],
  ],
  // Sooner than the rest.
  nydus: [polygon([0.58, 0.04], [0.18, 0.56], [0.46, 0.56], [0.4, 0.96], [0.82, 0.4], [0.53, 0.4]), [0xc9, 0x86, 0x0d]],
  // An inventory.
  sbom: [
    union(...[0.22, 0.5, 0.78].flatMap((y) => [disc([0.16, y], 0.08), stroke(0.1, [0.36, y], [0.88, y])])),
    [0x7a, 0x3f, 0x8f],
  ],
};

const entries = Object.entries(ICONS).map(
  ([name, [shape, colour]]) => `  ${name}:\n    '${drawPng(shape, colour).toString('base64')}',\n`,
);
writeFileSync(
  new URL('../../src/domain/icons/drawings.ts', import.meta.url),
  `import type { FixedIcon } from '#domain/icons/fixed-icon';

/** The icons of types, as PNGs of 48 by 48 pixels in base64. Drawn by \`scripts/icons/draw.ts\`. */
export const DRAWINGS: Readonly<Record<FixedIcon, string>> = {
${entries.join('')}};
`,
);
