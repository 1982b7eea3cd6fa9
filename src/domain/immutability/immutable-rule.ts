import { err, ok, type Result } from '#core/result';
import {
  type RepositorySelector,
  readRepositorySelector,
  readTagSelector,
  selectsRepository,
  selectsTag,
  type TagSelector,
  type WireSelector,
} from '#domain/policies/selector';

/** Rules of one project at most. Each is looked at for every tag that moves. */
export const MAX_RULES_OF_PROJECT = 50;

/** Which tags of a project can neither be moved nor deleted: those both selectors select. */
export interface RuleSelectors {
  readonly repository: RepositorySelector;
  readonly tag: Pick<TagSelector, 'decoration' | 'pattern'>;
}

export interface ImmutableRuleDraft {
  readonly selectors: RuleSelectors;
  readonly isDisabled: boolean;
}

export interface ImmutableRule extends ImmutableRuleDraft {
  readonly id: number;
  readonly projectId: number;
}

/** A rule as a client sends it (`harbor:src/pkg/immutable/model/rule.go`). What is left out has Harbor's only value. */
export interface WireRule {
  readonly action: string;
  readonly template: string;
  readonly isDisabled: boolean;
  readonly scopeSelectors: Readonly<Record<string, readonly WireSelector[]>>;
  readonly tagSelectors: readonly WireSelector[];
}

export const RULE_ACTION = 'immutable';
export const RULE_TEMPLATE = 'immutable_template';
/** Whom the scope selectors of a rule are about. */
export const RULE_SCOPE = 'repository';

/** Harbor's, which takes the first selector of each kind and goes by no other; here there is no other. */
export function readRuleDraft(wire: WireRule): Result<ImmutableRuleDraft, string> {
  if (wire.action !== RULE_ACTION) return err(`the action of an immutable tag rule is ${RULE_ACTION}`);
  if (wire.template !== RULE_TEMPLATE) return err(`the template of an immutable tag rule is ${RULE_TEMPLATE}`);
  const { [RULE_SCOPE]: repositories = [], ...others } = wire.scopeSelectors;
  const [scope] = repositories;
  if (!scope || repositories.length > 1 || Object.keys(others).length > 0) {
    return err(`an immutable tag rule has one scope selector, of the ${RULE_SCOPE}`);
  }
  const [tags] = wire.tagSelectors;
  if (!tags || wire.tagSelectors.length > 1) return err('an immutable tag rule has one tag selector');
  const repository = readRepositorySelector(scope);
  if (!repository.ok) return repository;
  const tag = readTagSelector(tags);
  if (!tag.ok) return tag;
  const { decoration, pattern } = tag.value;
  return ok({ selectors: { repository: repository.value, tag: { decoration, pattern } }, isDisabled: wire.isDisabled });
}

/** Says which of a repository's tags are immutable. */
export interface ImmutableTags {
  /** Whether no rule is about the repository, so that none of its tags is. */
  readonly isNone: boolean;
  readonly has: (tag: string) => boolean;
}

/** What the rules of a project say of one of its repositories, by its name without the project's. */
export function immutableTags(rules: readonly RuleSelectors[], nameInProject: string): ImmutableTags {
  const selectors = rules
    .filter(({ repository }) => selectsRepository(repository, nameInProject))
    .map(({ tag }) => tag);
  return {
    isNone: selectors.length === 0,
    has: (tag) => selectors.some((selector) => selectsTag(selector, tag)),
  };
}
