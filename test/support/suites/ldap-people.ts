/** Somebody in the test directory. */
export interface Person {
  readonly uid: string;
  readonly cn: string;
  /** `cn=…` with what RFC 4514 wants escaped. */
  readonly dn: string;
  readonly password: string;
  readonly mail?: string;
}

export const USERS_DN = 'ou=people,dc=example,dc=org';
const GROUPS_DN = 'ou=groups,dc=example,dc=org';
export const CROWD_DN = 'ou=crowd,dc=example,dc=org';
/** How many are in the crowd: more than one search answers. */
const CROWD_SIZE = 1_200;

/** Whom the directory's administrator wants in the registry. */
export const USER_FILTER = 'employeeType=registry';
export const GROUP_FILTER = '(&(objectClass=groupOfNames)(businessCategory=registry))';

export const PEOPLE = {
  alice: person({ uid: 'alice', cn: 'Alice Example', password: 'Alice-Pass-1', mail: 'alice@example.org' }),
  bob: person({ uid: 'bob', cn: 'Bob Example', password: 'Bob-Pass-1', mail: 'bob@example.org' }),
  special: person({ uid: 'spe(c)*i\\al', cn: 'Special (*) Person', password: 'Special-Pass-1' }),
  comma: person({ uid: 'karl', cn: 'Komma, Karl', password: 'Comma: Pass, 1' }),
  unicode: person({ uid: 'zoë', cn: 'Zoë Łukasz', password: 'Pässwörd-1' }),
  imported: person({ uid: 'ida', cn: 'Ida Imported', password: 'Ida-Pass-1' }),
  invited: person({ uid: 'ivan', cn: 'Ivan Invited', password: 'Ivan-Pass-1' }),
  twin: person({ uid: 'twin', cn: 'Elder Twin', password: 'Twin-Pass-1' }),
  otherTwin: person({ uid: 'twin', cn: 'Younger Twin', password: 'Twin-Pass-1' }),
} as const;

/** In no group. */
export const LONER = person({ uid: 'lone', cn: 'Lone Example', password: 'Lone-Pass-1' });

/** Logs in after everybody else. */
export const LATECOMER = person({ uid: 'late', cn: 'Late Example', password: 'Late-Pass-1' });

/** In the directory, but not whom its administrator wants. */
export const STRANGER = person({ uid: 'mallory', cn: 'Mallory', password: 'Mallory-Pass-1' });

export const DEVELOPERS = group('developers', [PEOPLE.alice, PEOPLE.special, PEOPLE.comma, PEOPLE.unicode]);
/** Whose members are system administrators. */
export const ADMINISTRATORS = group('administrators', [PEOPLE.bob]);
/** A group that the group filter leaves out. */
const CHOIR = { ...group('choir', [PEOPLE.alice]), category: 'leisure' };

interface Group {
  readonly name: string;
  readonly dn: string;
  readonly members: readonly Person[];
  readonly category: string;
}

/** All of it as LDIF (RFC 2849). */
export function directoryEntries(): string {
  const crowd = Array.from({ length: CROWD_SIZE }, (_, index) => ({
    ...person({ uid: `crowd${index}`, cn: `Crowd ${index}`, password: 'Crowd-Pass-1' }),
    dn: `cn=Crowd ${index},${CROWD_DN}`,
  }));
  return [
    entry('dc=example,dc=org', { objectClass: ['dcObject', 'organization'], dc: ['example'], o: ['Example'] }),
    ...['people', 'groups', 'crowd'].map((ou) =>
      entry(`ou=${ou},dc=example,dc=org`, { objectClass: ['organizationalUnit'], ou: [ou] }),
    ),
    ...[...Object.values(PEOPLE), LONER, LATECOMER, ...crowd].map((someone) => personEntry(someone, 'registry')),
    personEntry(STRANGER, 'visitor'),
    ...[DEVELOPERS, ADMINISTRATORS, CHOIR].map(groupEntry),
  ].join('\n');
}

function person(fields: Omit<Person, 'dn'>): Person {
  return { ...fields, dn: `cn=${fields.cn.replaceAll(',', '\\,')},${USERS_DN}` };
}

function group(name: string, members: readonly Person[]): Group {
  return { name, dn: `cn=${name},${GROUPS_DN}`, members, category: 'registry' };
}

function personEntry({ dn, uid, cn, password, mail }: Person, employeeType: string): string {
  return entry(dn, {
    objectClass: ['inetOrgPerson'],
    uid: [uid],
    cn: [cn],
    sn: [cn],
    userPassword: [password],
    employeeType: [employeeType],
    mail: mail === undefined ? [] : [mail],
  });
}

function groupEntry({ name, dn, members, category }: Group): string {
  const member = members.map((someone) => someone.dn);
  return entry(dn, { objectClass: ['groupOfNames'], cn: [name], member, businessCategory: [category] });
}

function entry(dn: string, attributes: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(attributes).flatMap(([name, values]) => values.map((value) => line(name, value)));
  return [line('dn', dn), ...lines, ''].join('\n');
}

/** In base64, which any value may be written in. */
function line(name: string, value: string): string {
  return `${name}:: ${Buffer.from(value).toString('base64')}`;
}
