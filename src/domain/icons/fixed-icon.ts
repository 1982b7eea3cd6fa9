import type { Digest } from '#core/digest';
import type { AccessoryType } from '#domain/artifacts/accessory';

/** Digests that stand for the icons of types; clients know them (`harbor:src/lib/icon/const.go`). */
export const ICON_DIGESTS = {
  image: 'sha256:0048162a053eef4d4ce3fe7518615bef084403614f8bca43b40ae2e762e11e06',
  chart: 'sha256:61cf3a178ff0f75bf08a25d96b75cf7355dc197749a9f128ed3ef34b0df05518',
  cnab: 'sha256:089bdda265c14d8686111402c8ad629e8177a1ceb7dcd0f7f39b6480f623b3bd',
  wasm: 'sha256:badd7693bcaf115be202748241dd0ea6ee3b0524bfab9ac22d1e1c43721afec6',
  cnai: 'sha256:1e1e5c5fdaf0931ec8655e835d1182f723a0c322a6760211622e1270f0193717',
  default: 'sha256:da834479c923584f4cbcdecc0dac61f32bef1d51e8aae598cf16bd154efab49f',
  cosign: 'sha256:20401d5b3a0f6dbc607c8d732eb08471af4ae6b19811a4efce8c6a724aed2882',
  notation: 'sha256:3ac706e102bbe9362b400aa162df58135d35e66b9c3bee2165de92022d25fe34',
  nydus: 'sha256:dfcb6617cd9c144358dc1b305b87bbe34f0b619f1e329116e6aee2e41f2e34cf',
  sbom: 'sha256:c19f80c357cd7e90d2a01b9ae3e2eb62ce447a2662bb590a19177d72d550bdae',
} as const;

export type FixedIcon = keyof typeof ICON_DIGESTS;

const OF_TYPE: ReadonlyMap<string, FixedIcon> = new Map([
  ['IMAGE', 'image'],
  ['CHART', 'chart'],
  ['CNAB', 'cnab'],
  ['WASM', 'wasm'],
  ['CNAI', 'cnai'],
  ['SBOM', 'sbom'],
]);

const OF_ACCESSORY: Readonly<Record<AccessoryType, FixedIcon | undefined>> = {
  'signature.cosign': 'cosign',
  'signature.notation': 'notation',
  'accelerator.nydus': 'nydus',
  'sbom.harbor': 'sbom',
  'subject.accessory': undefined,
};

/** The icon of an artifact's type. */
export function iconOfType(type: string): string {
  return ICON_DIGESTS[OF_TYPE.get(type) ?? 'default'];
}

/** The icon of a kind of accessory; empty where Harbor has none. */
export function iconOfAccessory(type: AccessoryType): string {
  const icon = OF_ACCESSORY[type];
  return icon ? ICON_DIGESTS[icon] : '';
}

/** Which fixed icon a digest stands for. */
export function fixedIconWith(digest: Digest): FixedIcon | undefined {
  return (Object.keys(ICON_DIGESTS) as FixedIcon[]).find((icon) => ICON_DIGESTS[icon] === digest);
}
