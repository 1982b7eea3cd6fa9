import { createHash } from 'node:crypto';

const repository = 'library/server-test';

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A token of admin for the repository that these tests use. */
export async function adminToken(url: string, password: string): Promise<string> {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
  const scope = `repository:${repository}:pull,push`;
  const answer = await fetch(`${url}/service/token?service=harbor-registry&scope=${scope}`, {
    headers: { authorization },
  });
  if (!answer.ok) throw new Error(`the token service answered ${answer.status}`);
  return ((await answer.json()) as { readonly token: string }).token;
}

/** Uploads in one request; `body` may be a stream of the bytes that `digest` is of. */
export function pushBlob(
  url: string,
  token: string,
  digest: string,
  body: Uint8Array | ReadableStream<Uint8Array>,
): Promise<Response> {
  return fetch(`${url}/v2/${repository}/blobs/uploads/?digest=${digest}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body,
    duplex: 'half',
  } as RequestInit);
}

export async function pullBlob(url: string, token: string, digest: string): Promise<Uint8Array> {
  const answer = await fetch(`${url}/v2/${repository}/blobs/${digest}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!answer.ok) throw new Error(`the blob answered ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
