import { expectSame } from '#test/clients/expectations';
import { reference, type Scenario, SMALL } from '#test/clients/scenario';

const REPOSITORY = 'library/deletions';

export const deletionScenario: Scenario = {
  name: 'deletion',
  async run(world, report) {
    const crane = await world.client('crane');
    const regctl = await world.client('regctl');
    const tagged = (tag: string) => reference(world, { repository: REPOSITORY, tag });

    const digest = await report.step('crane puts three tags on one image', async () => {
      await crane.run(['copy', reference(world, SMALL), tagged('one')]);
      await crane.run(['tag', tagged('one'), 'two']);
      await crane.run(['tag', tagged('one'), 'three']);
      expectSame('tags', (await world.api.tags(REPOSITORY)).join(), 'one,three,two');
      return world.api.digest(REPOSITORY, 'one');
    });
    await report.step('regctl deletes one tag and the image stays', async () => {
      await regctl.run(['tag', 'delete', tagged('one')]);
      expectSame('tags', (await world.api.tags(REPOSITORY)).join(), 'three,two');
      expectSame('digest', await world.api.digest(REPOSITORY, 'two'), digest);
    });
    await report.step('crane deletes the image by its digest and every tag goes with it', async () => {
      await crane.run(['delete', `${world.registry.host}/${REPOSITORY}@${digest}`]);
      for (const reference_ of ['two', 'three', digest]) {
        expectSame(`manifest of ${reference_}`, await world.api.manifest(REPOSITORY, reference_), undefined);
      }
    });
    await report.step('regctl pushes the same image again and deletes it by digest', async () => {
      await regctl.run(['image', 'copy', reference(world, SMALL), tagged('again')]);
      expectSame('digest', await world.api.digest(REPOSITORY, 'again'), digest);
      await regctl.run(['manifest', 'delete', `${world.registry.host}/${REPOSITORY}@${digest}`]);
      expectSame('manifest', await world.api.manifest(REPOSITORY, digest), undefined);
    });
    await report.step('the image it was copied from is untouched', () =>
      crane.run(['validate', '--remote', reference(world, SMALL)]),
    );
  },
};
