import fc from 'fast-check';
import { BLOBS, CONTENTS, PROJECTS, REPOSITORIES, TAGS } from '#test/support/gc-model/universe';

const below = (count: number) => fc.nat({ max: count - 1 });

const some = <K extends string, T>(weight: number, name: K, rest: { [P in keyof T]: fc.Arbitrary<T[P]> }) => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(name), ...rest }) as unknown as fc.Arbitrary<{ do: K } & T>,
});

/** What a history is mostly about, so that its deeds meet. */
interface Focus {
  readonly repository: number;
  readonly content: number;
  readonly blob: number;
  readonly tag: number;
}

/** Mostly the one, and now and then any other. */
const mostly = (one: number, any: fc.Arbitrary<number>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(one) }, { weight: 1, arbitrary: any });

/** Something that somebody does. What cannot be done changes nothing. */
function deeds(focus: Focus) {
  const repository = mostly(focus.repository, below(REPOSITORIES.length));
  const content = mostly(focus.content, below(CONTENTS.length));
  const blob = mostly(focus.blob, below(BLOBS.length));
  const tag = mostly(focus.tag, below(TAGS.length));
  const tags = fc.oneof(
    fc.constant<number[]>([]),
    tag.map((one): number[] => [one]),
  );
  const elsewhere = below(REPOSITORIES.length);
  return fc.oneof(
    // As clients push: what the registry says it has is not sent.
    some(24, 'push', { repository, content, tags, isMounting: fc.boolean() }),
    some(4, 'upload', { repository, blob }),
    // An object that nobody ever makes a blob.
    some(1, 'abandon', { repository, blob }),
    some(4, 'finishAgain', { pick: below(6) }),
    some(2, 'put', { repository, content, tags }),
    some(3, 'mount', { repository, from: elsewhere, blob }),
    some(3, 'copy', { repository, from: elsewhere, content }),
    some(4, 'tag', { repository, content, tag }),
    some(4, 'deleteTag', { repository, tag }),
    some(10, 'deleteArtifact', { repository, content, mayBeChild: fc.boolean() }),
    some(1, 'deleteRepository', { repository }),
    some(1, 'deleteProject', { project: below(PROJECTS.length) }),
    some(2, 'unlink', { repository, blob }),
    some(6, 'restoreArtifact', { repository, content }),
    some(3, 'restoreTag', { repository, tag, isOverwriting: fc.boolean() }),
    collection(4),
    // Messages come twice.
    some(2, 'wake', {}),
    some(1, 'stop', {}),
    some(2, 'wait', { minutes: fc.constantFrom<number>(1, 20, 61) }),
    some(1, 'sweep', {}),
  );
}

const collection = (weight: number) =>
  some(weight, 'collect', {
    hours: fc.constantFrom<number>(0, 1, 1, 1),
    isDeletingUntagged: fc.boolean(),
    isDryRun: below(10).map((one) => one === 0),
  });

export type Deed = ReturnType<typeof deeds> extends fc.Arbitrary<infer D> ? D : never;
export type Doing<K extends Deed['do']> = Deed & { readonly do: K };

/** A deed, and where whoever does it dies, if at all. */
export interface Command {
  readonly deed: Deed;
  readonly death: { readonly call: number; readonly when: 'before' | 'after' } | undefined;
}

/** Deeds one after the other, a while, and deeds beside each other. */
interface Round {
  readonly before: readonly Deed[];
  readonly minutes: number;
  readonly racing: readonly Command[];
  /** The order in which the calls of those who race happen. */
  readonly choices: readonly number[];
}

/** A history, and how the last runs collect, once it is quiet. */
export interface History {
  /** What is there before anything else happens. */
  readonly start: readonly Deed[];
  readonly rounds: readonly Round[];
  readonly end: { readonly hours: number; readonly isDeletingUntagged: boolean };
}

const death = fc.record({
  call: fc.integer({ min: 1, max: 25 }),
  when: fc.constantFrom('before' as const, 'after' as const),
});

function round(focus: Focus): fc.Arbitrary<Round> {
  const deed = deeds(focus);
  const command = (arbitrary: fc.Arbitrary<Deed>) =>
    fc.record({
      deed: arbitrary,
      death: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: death }),
    });
  const racing = fc.oneof(
    { weight: 1, arbitrary: fc.array(command(deed), { minLength: 1, maxLength: 4 }) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(command(collection(1).arbitrary), fc.array(command(deed), { minLength: 1, maxLength: 3 }))
        .map(([first, others]) => [first, ...others]),
    },
  );
  const choices = fc.array(fc.nat({ max: 999 }), { minLength: 10, maxLength: 120, size: 'max' });
  const any = fc.record({
    before: fc.array(deed, { maxLength: 5, size: 'max' }),
    minutes: fc.constantFrom<number>(0, 1, 61, 61, 61, 130, 49 * 60),
    racing,
    choices,
  });
  // What chance seldom brings about: garbage that is wanted again as it goes, or whose intent is swept.
  const { repository, content } = focus;
  const push = pushOf(focus, fc.constant(content), fc.constant<number[]>([]));
  const collect = collection(1).arbitrary;
  const withGarbage = (minutes: readonly number[], ...racing: readonly [fc.Arbitrary<Deed>, fc.Arbitrary<Deed>]) =>
    fc.record({
      before: fc.constant<Deed[]>([{ do: 'deleteArtifact', repository, content, mayBeChild: true }]),
      minutes: fc.constantFrom(...minutes),
      racing: fc.tuple(command(collect), ...racing.map(command)),
      choices,
    });
  return fc.oneof(
    { weight: 8, arbitrary: any },
    { weight: 2, arbitrary: withGarbage([61, 130], push, push) },
    { weight: 1, arbitrary: withGarbage([49 * 60], some(1, 'sweep', {}).arbitrary, push) },
  );
}

/** A push to the repository it is about. */
function pushOf(focus: Focus, content: fc.Arbitrary<number>, tags: fc.Arbitrary<number[]>): fc.Arbitrary<Deed> {
  const repository = fc.constant(focus.repository);
  return some(1, 'push', { repository, content, tags, isMounting: fc.constant<boolean>(false) }).arbitrary;
}

/** What it is about, and some more. */
function start(focus: Focus): fc.Arbitrary<Deed> {
  const tags = fc.oneof(fc.constant<number[]>([]), fc.constant<number[]>([focus.tag]));
  return pushOf(focus, mostly(focus.content, below(CONTENTS.length)), tags);
}

const focused = fc.record({
  repository: below(REPOSITORIES.length),
  content: below(CONTENTS.length),
  blob: below(BLOBS.length),
  tag: below(TAGS.length),
});

export const history: fc.Arbitrary<History> = focused.chain((focus) =>
  fc.record({
    start: fc.array(start(focus), { minLength: 1, maxLength: 3 }),
    rounds: fc.array(round(focus), { minLength: 1, maxLength: 4, size: 'max' }),
    end: fc.record({ hours: fc.constantFrom<number>(0, 1), isDeletingUntagged: fc.boolean() }),
  }),
);
