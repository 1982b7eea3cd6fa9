import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { Actor } from '#domain/audit/audit';
import type { SecretBox } from '#domain/configuration/secret-box';
import { type Mutation, newMutation } from '#domain/events/mutation';
import type { Project } from '#domain/projects/project';
import { normalizeTargetAddress, targetAddressProblem } from '#domain/webhooks/target-address';
import type { WebhookEventType } from '#domain/webhooks/webhook-event-type';
import type { WebhookPolicy, WebhookPolicyDraft, WebhookTarget } from '#domain/webhooks/webhook-policy';
import type { WebhookPolicyStore } from '#domain/webhooks/webhook-policy-store';
import {
  requireAuthHeader,
  requireEventTypes,
  requireNotifyType,
  requirePayloadFormat,
  requireSigningSecret,
  requireTargetCount,
  requireWebhookDescription,
  requireWebhookName,
} from '#domain/webhooks/webhook-rules';

export interface WebhookPolicyServiceDeps {
  readonly policies: WebhookPolicyStore;
  readonly secrets: SecretBox;
  readonly arePrivateTargetsAllowed: boolean;
  readonly clock: Clock;
}

/** A target as somebody describes it. */
export interface WebhookTargetRequest {
  readonly type: string;
  readonly address: string;
  readonly authHeader: string;
  /** Undefined leaves the secret of a target of this type and address as it is; empty takes it away. */
  readonly secret: string | undefined;
  readonly skipsCertificateCheck: boolean;
  readonly payloadFormat: string;
}

/** A policy as somebody describes it. */
export interface WebhookPolicyRequest {
  readonly name: string;
  readonly description: string;
  readonly targets: readonly WebhookTargetRequest[];
  readonly eventTypes: readonly string[];
  readonly isEnabled: boolean;
}

/** Who asks, and where. */
export interface Asking {
  readonly actor: Actor;
  /** The registry as clients reach it, `https://registry.example`. */
  readonly publicUrl: string;
  /** The registry as this request reached it. */
  readonly requestUrl: string;
}

/** What a target is judged by. */
interface TargetContext {
  readonly policyName: string;
  readonly ownUrls: readonly string[];
  /** Those the policy has had, and that none of the new ones has taken the place of. */
  readonly known: WebhookTarget[];
}

/** A target with what its author may see of it again. */
export interface OpenTarget extends WebhookTarget {
  readonly authHeader: string;
}

export interface OpenPolicy extends Omit<WebhookPolicy, 'targets'> {
  readonly targets: readonly OpenTarget[];
}

/** When a policy last told of an event, for each of its types. */
export interface PolicyTrigger {
  readonly policy: WebhookPolicy;
  readonly eventType: WebhookEventType;
  readonly atMs: number | undefined;
}

/** Whom projects tell of what happens in them. */
export class WebhookPolicyService {
  readonly #deps: WebhookPolicyServiceDeps;

  constructor(deps: WebhookPolicyServiceDeps) {
    this.#deps = deps;
  }

  async list(
    ...query: Parameters<WebhookPolicyStore['list']>
  ): Promise<{ readonly items: readonly OpenPolicy[]; readonly total: number }> {
    const { items, total } = await this.#deps.policies.list(...query);
    return { items: await Promise.all(items.map((policy) => this.#opened(policy))), total };
  }

  /** NOT_FOUND unless the project has it. */
  async get(project: Project, policyId: number): Promise<OpenPolicy> {
    return this.#opened(await this.find(project, policyId));
  }

  /** As {@link get}, with its secrets sealed. */
  async find(project: Project, policyId: number): Promise<WebhookPolicy> {
    const policy = await this.#deps.policies.find(project.id, policyId);
    if (policy) return policy;
    const message = `project id:${project.id}, webhook policy id: ${policyId} not found`;
    throw new AppError('NOT_FOUND', { message });
  }

  /** When each policy of a project last told of each of its types. */
  async lastTriggers(project: Project): Promise<readonly PolicyTrigger[]> {
    const policies = await this.#deps.policies.listAll(project.id);
    const triggers = await this.#deps.policies.lastTriggers(policies.map(({ id }) => id));
    return policies.flatMap((policy) =>
      policy.eventTypes.map((eventType) => {
        const last = triggers.find((each) => each.policyId === policy.id && each.eventType === eventType);
        return { policy, eventType, atMs: last?.atMs };
      }),
    );
  }

  /** Returns the new policy's id. BAD_REQUEST for what makes no policy. */
  async create(project: Project, request: WebhookPolicyRequest, asking: Asking): Promise<number> {
    const draft = await this.#draft(request, asking, []);
    return this.#deps.policies.insert(project.id, draft, this.#mutation('create', project.id, draft.name, asking));
  }

  async update(project: Project, policyId: number, request: WebhookPolicyRequest, asking: Asking): Promise<void> {
    const policy = await this.find(project, policyId);
    const draft = await this.#draft(request, asking, policy.targets);
    await this.#deps.policies.update(policy, draft, this.#mutation('update', project.id, draft.name, asking));
  }

  async delete(project: Project, policyId: number, asking: Asking): Promise<void> {
    const policy = await this.find(project, policyId);
    await this.#deps.policies.delete(policy, this.#mutation('delete', project.id, policy.name, asking));
  }

  async #draft(
    request: WebhookPolicyRequest,
    { publicUrl, requestUrl }: Asking,
    known: readonly WebhookTarget[],
  ): Promise<WebhookPolicyDraft> {
    const eventTypes = requireEventTypes(request.eventTypes);
    requireTargetCount(request.targets.length, request.name);
    const context = { policyName: request.name, ownUrls: [publicUrl, requestUrl], known: [...known] };
    const targets: WebhookTarget[] = [];
    for (const target of request.targets) targets.push(await this.#target(target, context));
    return {
      name: requireWebhookName(request.name),
      description: requireWebhookDescription(request.description),
      targets,
      eventTypes,
      isEnabled: request.isEnabled,
      registryHost: new URL(publicUrl).host,
    };
  }

  async #target(request: WebhookTargetRequest, { policyName, ownUrls, known }: TargetContext): Promise<WebhookTarget> {
    const { address } = request;
    const rules = { arePrivateAllowed: this.#deps.arePrivateTargetsAllowed, ownUrls };
    const problem = targetAddressProblem(address, rules);
    if (problem !== undefined) throw new AppError('BAD_REQUEST', { message: problem });
    const type = requireNotifyType(request.type, policyName);
    const payloadFormat = requirePayloadFormat(type, request.payloadFormat);
    const place = normalizeTargetAddress(address);
    const before = known.findIndex((each) => each.type === type && normalizeTargetAddress(each.address) === place);
    const kept = before < 0 ? undefined : known.splice(before, 1)[0]?.sealedSecret;
    const [sealedAuthHeader, sealedSecret] = await Promise.all([
      this.#sealed(requireAuthHeader(request.authHeader)),
      request.secret === undefined ? kept : this.#sealed(requireSigningSecret(request.secret)),
    ]);
    return {
      type,
      address,
      skipsCertificateCheck: request.skipsCertificateCheck,
      ...(payloadFormat && { payloadFormat }),
      ...(sealedAuthHeader && { sealedAuthHeader }),
      ...(sealedSecret && { sealedSecret }),
    };
  }

  async #sealed(text: string): Promise<string | undefined> {
    return text === '' ? undefined : this.#deps.secrets.seal(text);
  }

  async #opened(policy: WebhookPolicy): Promise<OpenPolicy> {
    const targets = policy.targets.map(async (target) => {
      const { sealedAuthHeader: sealed } = target;
      // One that was sealed under another key is lost, and is shown as if there were none: it has to be set again.
      return { ...target, authHeader: sealed === undefined ? '' : ((await this.#deps.secrets.open(sealed)) ?? '') };
    });
    return { ...policy, targets: await Promise.all(targets) };
  }

  #mutation(operation: 'create' | 'update' | 'delete', projectId: number, name: string, { actor }: Asking): Mutation {
    const description = `${operation} webhook policy: ${name}`;
    return newMutation(
      { projectId, operation, resourceType: 'webhook-policy', resource: name, description },
      actor,
      this.#deps.clock,
    );
  }
}
