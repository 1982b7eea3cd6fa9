import { Sealer } from '#adapters/crypto/sealer';
import { D1WebhookFactStore } from '#adapters/d1/webhook-fact-store';
import { D1WebhookPolicyStore } from '#adapters/d1/webhook-policy-store';
import { HttpWebhookClient } from '#adapters/webhook/http-webhook-client';
import type { Clock } from '#core/clock';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import { DeliveryJob } from '#domain/webhooks/delivery-job';
import { WebhookDispatcher } from '#domain/webhooks/webhook-dispatcher';
import { WebhookPolicyService } from '#domain/webhooks/webhook-policy-service';
import type { Settings } from '#src/config';
import type { Env } from '#src/env';

interface WebhookParts {
  readonly settings: Settings;
  readonly configuration: ConfigurationService;
  readonly clock: Clock;
}

/** Whom projects tell of what happens in them: the policies, what makes deliveries of events, and what sends those. */
export function createWebhooks({ DB: db }: Env, { settings, configuration, clock }: WebhookParts) {
  const { secretKey = '', externalUrl, arePrivateWebhooksAllowed: arePrivateAllowed } = settings;
  const secrets = new Sealer({ secretKey, purpose: 'webhook secret' });
  const policies = new D1WebhookPolicyStore({ db });
  const client = new HttpWebhookClient({ fetch: (url, init) => fetch(url, init) });
  const addresses = { arePrivateAllowed, ownUrls: externalUrl === undefined ? [] : [externalUrl] };
  return {
    webhookPolicies: new WebhookPolicyService({
      policies,
      secrets,
      arePrivateTargetsAllowed: arePrivateAllowed,
      clock,
    }),
    webhookDispatcher: new WebhookDispatcher({
      facts: new D1WebhookFactStore({ db }),
      configuration,
      externalUrl,
      clock,
    }),
    deliveryJob: new DeliveryJob({ client, secrets, addresses, clock }),
  };
}
