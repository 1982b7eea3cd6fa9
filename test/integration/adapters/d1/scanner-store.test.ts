import { beforeEach, describe, expect, it } from 'vitest';
import { D1ScannerStore } from '#adapters/d1/scanner-store';
import { systemClock } from '#core/clock';
import { newId } from '#core/ids';
import { newMutation } from '#domain/events/mutation';
import type { Scanner } from '#domain/scanners/scanner';
import type { ScannerDraft } from '#domain/scanners/scanner-store';
import { testEnv } from '#test/support/server';

const store = new D1ScannerStore({ db: testEnv.DB });
const PAGE = { limit: 10, offset: 0, orderBy: 'is_default', isDescending: true } as const;

const draftOf = (name: string, more: Partial<ScannerDraft> = {}): ScannerDraft => ({
  uuid: newId(),
  name,
  description: '',
  url: `https://${name}.test`,
  auth: '',
  sealedCredential: undefined,
  isDisabled: false,
  skipsCertificateCheck: false,
  usesInternalAddress: false,
  ...more,
});

function mutation() {
  const audit = { projectId: undefined, operation: '', resourceType: 'scanner', resource: '', description: '' };
  return newMutation(audit, { username: 'admin', sourceAddress: undefined }, systemClock);
}

async function insert(name: string): Promise<Scanner> {
  const draft = draftOf(name);
  await store.insert(draft, mutation());
  const scanner = await store.find(draft.uuid);
  if (!scanner) throw new Error('no row was inserted');
  return scanner;
}

const defaults = async () => (await store.list({}, PAGE)).items.filter((one) => one.isDefault).map(({ name }) => name);

beforeEach(async () => {
  await testEnv.DB.prepare('delete from scanner_registrations').run();
});

describe('D1ScannerStore', () => {
  it('has one default among scanners that are first at the same time', async () => {
    await Promise.all(['a', 'b', 'c'].map(insert));
    expect(await defaults()).toHaveLength(1);
  });

  it('has one default among scanners that are made so at the same time', async () => {
    const scanners = await Promise.all(['a', 'b', 'c'].map(insert));
    await Promise.all(scanners.map((scanner) => store.makeDefault(scanner, mutation())));
    expect(await defaults()).toHaveLength(1);
  });

  it('disables no scanner that has become the default meanwhile', async () => {
    await insert('first');
    const scanner = await insert('second');
    await store.makeDefault(scanner, mutation());
    const disabled = store.update({ ...scanner, isDisabled: true }, mutation());
    await expect(disabled).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect((await store.find(scanner.uuid))?.isDisabled).toBe(false);
  });

  it('tells of a scanner that has been deleted meanwhile, and writes nothing for it', async () => {
    const scanner = await insert('gone');
    await store.delete(scanner, mutation());
    const before = await testEnv.DB.prepare('select count(*) count from audit_log').first();
    const gone = { code: 'NOT_FOUND' };
    await expect(store.update(scanner, mutation())).rejects.toMatchObject(gone);
    await expect(store.makeDefault(scanner, mutation())).rejects.toMatchObject(gone);
    await expect(store.delete(scanner, mutation())).rejects.toMatchObject(gone);
    expect(await testEnv.DB.prepare('select count(*) count from audit_log').first()).toEqual(before);
  });
});
