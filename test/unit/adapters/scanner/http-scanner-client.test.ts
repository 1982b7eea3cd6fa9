import { describe, expect, it } from 'vitest';
import { HttpScannerClient } from '#adapters/scanner/http-scanner-client';
import type { ScannerConnection } from '#domain/scanners/scanner';
import { SCANNER_METADATA } from '#test/support/scanner-metadata';

const OPEN: ScannerConnection = {
  url: 'https://scanner.test/base',
  auth: '',
  credential: '',
  skipsCertificateCheck: false,
};
const signal = new AbortController().signal;

/** A client of an adapter that answers so, and what it was asked. */
function adapter(answer: () => Response | Promise<Response>) {
  const asked: Request[] = [];
  const client = new HttpScannerClient({
    fetch: async (url, { cache, ...init }) => {
      asked.push(new Request(url, init));
      expect(cache).toBe('no-store');
      return answer();
    },
  });
  return { client, asked };
}

async function problemOf(answer: () => Response | Promise<Response>, connection = OPEN): Promise<string> {
  return (await adapter(answer).client.look(connection, signal)).problem ?? 'none';
}

describe('HttpScannerClient', () => {
  it('reads what an adapter tells of itself', async () => {
    const { client, asked } = adapter(() => Response.json({ ...SCANNER_METADATA, more: 1 }));
    const { metadata } = await client.look(OPEN, signal);
    expect(metadata).toEqual({
      adapter: SCANNER_METADATA.scanner,
      capabilities: SCANNER_METADATA.capabilities.map((one) => ({
        type: one.type,
        consumes: one.consumes_mime_types,
        produces: one.produces_mime_types,
      })),
      properties: SCANNER_METADATA.properties,
    });
    expect(asked.map(({ url, redirect, headers }) => [url, redirect, headers.get('accept')])).toEqual([
      [
        'https://scanner.test/base/api/v1/metadata',
        'manual',
        'application/vnd.scanner.adapter.metadata+json; version=1.0',
      ],
    ]);
  });

  it('takes metadata without properties and kinds', async () => {
    const { scanner, capabilities } = SCANNER_METADATA;
    const old = { scanner, capabilities: capabilities.map((one) => ({ ...one, type: undefined })), properties: null };
    const { metadata } = await adapter(() => Response.json(old)).client.look(OPEN, signal);
    expect(metadata).toMatchObject({ capabilities: [{ type: '' }, { type: '' }], properties: {} });
  });

  it.each([
    ['Basic', 'päss:word', 'authorization', `Basic ${Buffer.from('päss:word').toString('base64')}`],
    ['Bearer', 'a-token', 'authorization', 'Bearer a-token'],
    ['APIKey', 'a-key', 'x-scanneradapter-api-key', 'a-key'],
  ] as const)('sends a credential for %s', async (auth, credential, header, value) => {
    const { client, asked } = adapter(() => Response.json(SCANNER_METADATA));
    await client.look({ ...OPEN, auth, credential }, signal);
    expect(asked[0]?.headers.get(header)).toBe(value);
  });

  it.each([
    ['a credential that it refuses', () => new Response('no', { status: 401 }), 'it refuses the credential'],
    ['a redirect', () => Response.redirect('https://elsewhere.test', 302), 'it answers 302'],
    ['another status', () => new Response(null, { status: 500 }), 'it answers 500'],
    ['what is no JSON', () => new Response('<html>'), 'does not answer with the metadata'],
    ['JSON of another shape', () => Response.json({ scanner: 'Trivy' }), 'does not answer with the metadata'],
    ['too many capabilities', () => Response.json({ capabilities: Array(33).fill({}) }), 'does not answer with'],
    ['too long an answer', () => new Response(`"${'x'.repeat(2 ** 20)}"`), 'does not answer with the metadata'],
    ['metadata that are of no use', () => Response.json({ ...SCANNER_METADATA, capabilities: [] }), 'no capability'],
    ['nobody at all', () => Promise.reject(new TypeError('fetch failed')), 'it cannot be reached'],
  ])('tells of %s', async (_, answer, words) => {
    expect(await problemOf(answer)).toContain(words);
  });

  it('stops reading an answer that has no end', async () => {
    let isCancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(0x20)),
      cancel: () => {
        isCancelled = true;
      },
    });
    expect(await problemOf(() => new Response(endless))).toContain('does not answer with the metadata');
    expect(isCancelled).toBe(true);
  });

  it('says that certificates are always checked to who does not want it, where that may be why', async () => {
    const nobody = () => Promise.reject(new TypeError('fetch failed'));
    const skipping = { ...OPEN, skipsCertificateCheck: true };
    expect(await problemOf(nobody, skipping)).toContain('certificates are always checked here');
    expect(await problemOf(nobody, { ...skipping, url: 'http://scanner.test' })).toBe('it cannot be reached');
  });
});
