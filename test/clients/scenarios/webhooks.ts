import { join } from 'node:path';
import { digestIn, expectSame } from '#test/clients/expectations';
import { writeLayerArchive } from '#test/clients/image-files';
import type { Scenario, World } from '#test/clients/scenario';
import { isSigned, WebhookReceiver } from '#test/clients/webhook-receiver';
import type { Report } from '#test/support/suites/report';

const PROJECT = 'hooked';
const SECRET = 'a secret that both ends know';

/** Clients push and pull, and a program of its own is told. Wants a registry that may reach this machine. */
export const webhookScenario: Scenario = {
  name: 'webhooks',
  async run(world, report) {
    const receiver = await WebhookReceiver.start();
    try {
      await prepare(world, receiver, report);
      const digests = await push(world, report);
      await checkOrder(receiver, digests, report);
      await checkCloudEvents(receiver, report);
      await checkPull(world, receiver, report);
      await checkRepeat(world, receiver, report);
    } finally {
      await receiver.stop();
    }
  },
};

async function prepare({ api }: World, { url }: WebhookReceiver, report: Report): Promise<void> {
  await report.step('a project tells a program of what happens in it', async () => {
    await api.createPrivateProject(PROJECT);
    const policy = (name: string, target: object, types: readonly string[]) =>
      api.create(`projects/${PROJECT}/webhook/policies`, {
        name,
        enabled: true,
        targets: [{ type: 'http', ...target }],
        event_types: types,
      });
    const signed = { address: `${url}/default`, auth_header: 'Bearer for-the-program', secret: SECRET };
    await policy('default', signed, ['PUSH_ARTIFACT', 'PULL_ARTIFACT']);
    await policy('cloud', { address: `${url}/cloud`, payload_format: 'CloudEvents' }, ['PUSH_ARTIFACT']);
    await policy('broken', { address: `${url}/broken` }, ['PUSH_ARTIFACT']);
  });
}

/** Tags and digests, in the order in which they were pushed. */
async function push(world: World, report: Report): Promise<readonly (readonly [string, string])[]> {
  const { host, username, password } = world.registry;
  const crane = await world.client('crane', 'crane-webhooks');
  const skopeo = await world.client('skopeo', 'skopeo-webhooks');
  await crane.run(['auth', 'login', host, '--username', username, '--password-stdin'], { input: password });
  const image = `${host}/${PROJECT}/app`;
  return report.step('crane pushes five images, and skopeo copies one of them', async () => {
    const pushed: (readonly [string, string])[] = [];
    for (const tag of ['1', '2', '3', '4', '5']) {
      const layer = await writeLayerArchive(world.directory, `webhook-layer-${tag}`, 1);
      pushed.push([tag, digestIn(await crane.run(['append', '--new_layer', layer, '--new_tag', `${image}:${tag}`]))]);
    }
    const credentials = `${username}:${password}`;
    const copy = ['copy', '--src-tls-verify=false', '--dest-tls-verify=false', '--src-creds', credentials];
    await skopeo.run([...copy, '--dest-creds', credentials, `docker://${image}:1`, `docker://${image}:6`]);
    return [...pushed, ['6', await world.api.digest(`${PROJECT}/app`, '6')] as const];
  });
}

interface Told {
  readonly type: string;
  readonly operator: string;
  readonly event_data: { readonly resources: readonly { readonly tag: string; readonly digest: string }[] };
}

async function checkOrder(
  receiver: WebhookReceiver,
  pushed: readonly (readonly [string, string])[],
  report: Report,
): Promise<void> {
  await report.check('the program is told of each push once, in the order of the pushes, and signed', async () => {
    const deliveries = await receiver.pushes('/default', pushed.length);
    const told = deliveries.map(({ body }) => JSON.parse(body) as Told);
    const artifacts = told.map(({ event_data: { resources } }) => [resources[0]?.tag, resources[0]?.digest]);
    expectSame('artifacts', JSON.stringify(artifacts), JSON.stringify(pushed));
    expectSame('signatures', String(deliveries.every((delivery) => isSigned(delivery, SECRET))), 'true');
    const authorizations = new Set(deliveries.map(({ headers }) => headers.authorization));
    expectSame('authorizations', [...authorizations].join(), 'Bearer for-the-program');
  });
}

async function checkCloudEvents(receiver: WebhookReceiver, report: Report): Promise<void> {
  await report.check('CloudEvents are what their specification says, with the ids of their deliveries', async () => {
    const [first] = await receiver.pushes('/cloud', 6);
    expectSame('content type', String(first?.headers['content-type']), 'application/cloudevents+json');
    const event = JSON.parse(first?.body ?? '') as Readonly<Record<string, string>>;
    expectSame('version', String(event['specversion']), '1.0');
    expectSame('id', String(event['id']), String(first?.headers['x-roadstead-delivery']));
    expectSame('type', String(event['type']), 'harbor.artifact.pushed');
  });
}

async function checkPull(world: World, receiver: WebhookReceiver, report: Report): Promise<void> {
  await report.check('a pull by skopeo is told', async () => {
    const { host, username, password } = world.registry;
    const skopeo = await world.client('skopeo', 'skopeo-webhooks');
    const source = [
      '--src-tls-verify=false',
      '--src-creds',
      `${username}:${password}`,
      `docker://${host}/${PROJECT}/app:3`,
    ];
    await skopeo.run(['copy', ...source, `dir:${join(world.directory, 'hooked-by-skopeo')}`]);
    const told = JSON.parse((await receiver.pull(`${PROJECT}/app:3`))?.body ?? '{}') as Told;
    expectSame('operator', told.operator, username);
  });
}

async function checkRepeat(world: World, receiver: WebhookReceiver, report: Report): Promise<void> {
  await report.check('what was answered 500 comes again under the same id, and the next after it', async () => {
    const { host } = world.registry;
    const crane = await world.client('crane', 'crane-webhooks');
    await receiver.pushes('/broken', 6);
    receiver.deliveries.length = 0;
    let refusals = 1;
    receiver.answer = ({ path }) => (path === '/broken' && refusals-- > 0 ? 500 : 200);
    for (const tag of ['7', '8'])
      await crane.run(['copy', `${host}/${PROJECT}/app:1`, `${host}/${PROJECT}/app:${tag}`]);
    const deliveries = await receiver.pushes('/broken', 3, 150_000);
    const tags = deliveries.map(({ body }) => (JSON.parse(body) as Told).event_data.resources[0]?.tag);
    expectSame('tags', tags.join(), '7,7,8');
    const [first, again] = deliveries;
    expectSame('id', String(again?.headers['x-roadstead-delivery']), String(first?.headers['x-roadstead-delivery']));
    expectSame('body', String(again?.body), String(first?.body));
  });
}
