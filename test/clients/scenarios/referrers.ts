import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectSame } from '#test/clients/expectations';
import { reference, type Scenario, SMALL, type World } from '#test/clients/scenario';

const SBOM_TYPE = 'application/vnd.example.sbom';
const SIGNATURE_TYPE = 'application/vnd.example.signature';

export const referrersScenario: Scenario = {
  name: 'artifacts with referrers',
  async run(world, report) {
    const oras = await world.client('oras');
    const regctl = await world.client('regctl');
    const image = reference(world, SMALL);

    await report.step('oras attaches an SBOM to an image', async () => {
      await writeFile(join(world.directory, 'sbom.json'), '{"packages":[]}');
      const arguments_ = ['--plain-http', '--artifact-type', SBOM_TYPE, '--annotation', 'made.by=oras'];
      await oras.run(['attach', ...arguments_, image, 'sbom.json'], { cwd: world.directory });
    });
    await report.step('regctl puts a signature with the image as its subject', () =>
      regctl.run(['artifact', 'put', '--artifact-type', SIGNATURE_TYPE, '--subject', image], { input: 'signed' }),
    );
    await report.step('oras and regctl list the same two referrers', async () => {
      const byOras = await discoverWithOras(world, []);
      const byRegctl = await listWithRegctl(world, []);
      expectSame('number of referrers', byOras.length, 2);
      expectSame('referrers regctl lists', byRegctl.join(), byOras.join());
    });
    await report.step('a filter by artifact type leaves one', async () => {
      const byOras = await discoverWithOras(world, ['--artifact-type', SBOM_TYPE]);
      const byRegctl = await listWithRegctl(world, ['--filter-artifact-type', SBOM_TYPE]);
      expectSame('number of referrers', byOras.length, 1);
      expectSame('referrers regctl lists', byRegctl.join(), byOras.join());
    });
    await report.step('no client fell back to the referrers tag', async () =>
      expectSame('tags', (await world.api.tags(SMALL.repository)).join(), SMALL.tag),
    );
    await report.step('oras copies the image with its referrers', async () => {
      const copy = { repository: 'library/small-with-referrers', tag: '1' };
      const flags = ['cp', '--recursive', '--from-plain-http', '--to-plain-http'];
      await oras.run([...flags, image, reference(world, copy)]);
      const found = await oras.run(['discover', '--plain-http', '--format', 'json', reference(world, copy)]);
      expectSame('referrers of the copy', digests(found).join(), (await discoverWithOras(world, [])).join());
    });
  },
};

async function discoverWithOras(world: World, filter: readonly string[]): Promise<readonly string[]> {
  const oras = await world.client('oras');
  return digests(await oras.run(['discover', '--plain-http', '--format', 'json', ...filter, reference(world, SMALL)]));
}

async function listWithRegctl(world: World, filter: readonly string[]): Promise<readonly string[]> {
  const regctl = await world.client('regctl');
  return digests(await regctl.run(['artifact', 'list', '--format', '{{json .}}', ...filter, reference(world, SMALL)]));
}

/** The digests of the descriptors in a client's JSON, sorted. */
function digests(json: string): readonly string[] {
  const listed = JSON.parse(json) as Descriptors & { readonly referrers?: unknown };
  return (listed.manifests ?? listed.descriptors ?? []).map((descriptor) => descriptor.digest).sort();
}

/** oras calls the list `manifests`, regctl `descriptors`. */
interface Descriptors {
  readonly manifests?: readonly { readonly digest: string }[];
  readonly descriptors?: readonly { readonly digest: string }[];
}
