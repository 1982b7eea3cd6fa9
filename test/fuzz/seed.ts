import { createHash } from 'node:crypto';
import { RegistryApi } from '#test/clients/registry-api';
import { RegistryClient } from '#test/crash/registry-client';
import type { Registry } from '#test/support/suites/roadstead-server';

const REPOSITORIES = ['fuzz/app', 'fuzz/team/app'];
const TAGS = ['latest', '1.0'];

/** Makes one or two of everything, under the names and ids that schemathesis.toml knows. */
export async function seed(registry: Registry): Promise<void> {
  const api = new RegistryApi(registry);
  await api.createPrivateProject('fuzz');
  for (const username of ['fuzz-one', 'fuzz-two']) {
    await api.create('users', {
      username,
      email: `${username}@example.org`,
      password: 'Fuzz-Pass-1',
      realname: username,
    });
    await api.create('projects/fuzz/members', { role_id: 2, member_user: { username } });
  }
  for (const name of ['one', 'two']) {
    const access = [{ resource: 'repository', action: 'pull' }];
    const permissions = [{ kind: 'project', namespace: 'fuzz', access }];
    await api.create('robots', { name, level: 'project', duration: -1, permissions });
  }
  await push(registry);
}

async function push(registry: Registry): Promise<void> {
  const client = await RegistryClient.connect(
    registry,
    REPOSITORIES.map((repository) => `repository:${repository}:pull,push`),
  );
  for (const repository of REPOSITORIES) {
    const config = await pushBlob(client, repository, Buffer.from('{}'));
    const layer = await pushBlob(client, repository, Buffer.from(`a layer of ${repository}`));
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
    };
    for (const tag of TAGS) {
      const headers = { 'content-type': manifest.mediaType };
      const body = Buffer.from(JSON.stringify(manifest));
      const { status } = await client.send('PUT', `/v2/${repository}/manifests/${tag}`, { headers, body });
      if (status !== 201) throw new Error(`pushing ${repository}:${tag}: status ${status}`);
    }
  }
  client.close();
}

async function pushBlob(client: RegistryClient, repository: string, body: Buffer) {
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  const headers = { 'content-type': 'application/octet-stream' };
  const path = `/v2/${repository}/blobs/uploads/?digest=${encodeURIComponent(digest)}`;
  const { status } = await client.send('POST', path, { headers, body });
  if (status !== 201) throw new Error(`pushing a blob of ${repository}: status ${status}`);
  return { digest, size: body.length };
}
