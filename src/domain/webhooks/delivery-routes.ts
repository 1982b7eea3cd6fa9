import { laneOf } from '#domain/jobs/job-catalogue';
import { type Destination, destinationOf } from '#domain/webhooks/webhook-delivery';
import {
  NOTIFY_TYPES,
  type NotifyType,
  VENDOR_TYPE_OF,
  type WebhookPolicyDraft,
} from '#domain/webhooks/webhook-policy';

/** How deliveries that wait in a lane for an address go on. */
interface DeliveryRoute {
  readonly lane: string;
  /** Normalized. Where it is not the address of `to`, that one has taken its place. */
  readonly from: string;
  readonly to: Destination;
}

/** What becomes of a policy's deliveries that have not ended; those without a route are stopped. */
export interface DeliveryRouting {
  readonly lanes: readonly string[];
  readonly routes: readonly DeliveryRoute[];
  /** Why those without a route are stopped. */
  readonly stopReason: string;
}

/** What the change of a policy makes of its deliveries: a correction must not wait behind what it corrects. */
export function routingOf(
  policy: Pick<WebhookPolicyDraft, 'targets'> & { readonly id: number },
  { targets, isEnabled }: Pick<WebhookPolicyDraft, 'targets' | 'isEnabled'>,
): DeliveryRouting {
  const lanes = NOTIFY_TYPES.flatMap((type) => {
    const lane = laneOf(VENDOR_TYPE_OF[type], policy.id);
    return lane === undefined ? [] : [{ type, lane }];
  });
  const routes = lanes.flatMap(({ type, lane }) =>
    routesOf(destinationsOf(policy, type), destinationsOf({ targets }, type)).map((route) => ({ lane, ...route })),
  );
  return {
    lanes: lanes.map(({ lane }) => lane),
    routes: isEnabled ? routes : [],
    stopReason: isEnabled ? 'the policy has this target no more' : 'the policy was disabled',
  };
}

/** Of targets of one type: each that is there goes on as it is now, and one that came as one went takes its place. */
function routesOf(before: readonly Destination[], after: readonly Destination[]): Pick<DeliveryRoute, 'from' | 'to'>[] {
  const routes = after.map((to) => ({ from: to.address, to }));
  const [gone, ...moreGone] = missing(before, after);
  const [added, ...moreAdded] = missing(after, before);
  const place = after.find(({ address }) => address === added);
  const isMoved = gone !== undefined && place !== undefined && moreGone.length + moreAdded.length === 0;
  return isMoved ? [...routes, { from: gone, to: place }] : routes;
}

function destinationsOf({ targets }: Pick<WebhookPolicyDraft, 'targets'>, type: NotifyType): readonly Destination[] {
  return targets.filter((target) => target.type === type).map(destinationOf);
}

/** Addresses of some that none of the others has, each once. */
function missing(some: readonly Destination[], others: readonly Destination[]): readonly string[] {
  const there = new Set(others.map(({ address }) => address));
  return [...new Set(some.map(({ address }) => address))].filter((address) => !there.has(address));
}
