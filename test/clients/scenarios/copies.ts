import { join } from 'node:path';
import { expectSame } from '#test/clients/expectations';
import { reference, type Scenario, SMALL, type World } from '#test/clients/scenario';

const COPY = { repository: 'copies/team/small', tag: SMALL.tag } as const;
const INDEX = { repository: 'library/multi-arch', tag: '1' } as const;
const INDEX_COPY = { repository: 'copies/multi-arch', tag: '1' } as const;

export const copiesScenario: Scenario = {
  name: 'copies within the registry',
  async run(world, report) {
    const crane = await world.client('crane');

    await report.step('an image is copied to a new repository of another project', async () => {
      await world.api.createPrivateProject('copies');
      await copy(world, SMALL, COPY);
    });
    await report.step('crane finds every layer of the copy', async () => {
      await crane.run(['validate', '--remote', reference(world, COPY)]);
      const digest = await world.api.digest(SMALL.repository, SMALL.tag);
      expectSame('digest', await world.api.digest(COPY.repository, COPY.tag), digest);
    });
    await report.step('skopeo pulls the copy', async () => {
      const skopeo = await world.client('skopeo');
      const target = `dir:${join(world.directory, 'copied')}`;
      await skopeo.run(['copy', '--src-tls-verify=false', `docker://${reference(world, COPY)}`, target]);
    });
    await report.step('a tag made through the API is one to clients, and deleted through the API is gone', async () => {
      const path = `${artifactsOf(COPY.repository)}/${COPY.tag}/tags`;
      await world.api.create(path, { name: 'made' });
      const digest = await world.api.digest(COPY.repository, COPY.tag);
      expectSame('digest', await crane.run(['digest', reference(world, { ...COPY, tag: 'made' })]), digest);
      await world.api.delete(`${path}/made`);
      expectSame('tags', (await world.api.tags(COPY.repository)).join(), COPY.tag);
    });
    await report.step('the copy outlives its deleted source', async () => {
      const source = { repository: 'copies/short-lived', tag: COPY.tag };
      const survivor = { repository: 'copies/survivor', tag: COPY.tag };
      await copy(world, COPY, source);
      await copy(world, source, survivor);
      await world.api.delete(`${artifactsOf(source.repository)}/${source.tag}`);
      expectSame('source', await world.api.manifest(source.repository, source.tag), undefined);
      await crane.run(['validate', '--remote', reference(world, survivor)]);
    });
    await report.step('crane finds every image of a copied index', async () => {
      await copy(world, INDEX, INDEX_COPY);
      await crane.run(['validate', '--remote', reference(world, INDEX_COPY)]);
    });
  },
};

interface Image {
  readonly repository: string;
  readonly tag: string;
}

async function copy(world: World, from: Image, to: Image): Promise<void> {
  const query = new URLSearchParams({ from: `${from.repository}:${from.tag}` });
  await world.api.create(`${artifactsOf(to.repository)}?${query}`);
}

/** Slashes of a repository's name are encoded twice. */
function artifactsOf(repository: string): string {
  const [project, ...rest] = repository.split('/');
  return `projects/${project}/repositories/${encodeURIComponent(encodeURIComponent(rest.join('/')))}/artifacts`;
}
