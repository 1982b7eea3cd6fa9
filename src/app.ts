import { OpenAPIHono } from '@hono/zod-openapi';
import { getPath } from 'hono/utils/url';
import { routingPath } from '#core/request-path';
import { accessoryRoutes } from '#routes/api/accessories';
import { additionRoutes } from '#routes/api/additions';
import { artifactCopyRoutes } from '#routes/api/artifact-copies';
import { artifactLabelRoutes } from '#routes/api/artifact-labels';
import { artifactRoutes } from '#routes/api/artifacts';
import { auditLogRoutes } from '#routes/api/audit-logs';
import { configurationRoutes } from '#routes/api/configurations';
import { cveAllowlistRoutes } from '#routes/api/cve-allowlist';
import { garbageCollectionRoutes } from '#routes/api/garbage-collection';
import { iconRoutes } from '#routes/api/icons';
import { immutableRuleRoutes } from '#routes/api/immutable-rules';
import { jobServiceRoutes } from '#routes/api/jobservice';
import { labelRoutes } from '#routes/api/labels';
import { ldapRoutes } from '#routes/api/ldap';
import { memberRoutes } from '#routes/api/members';
import { oidcApiRoutes } from '#routes/api/oidc';
import { serveDocument } from '#routes/api/openapi';
import { permissionRoutes } from '#routes/api/permissions';
import { oneProjectRoutes } from '#routes/api/project';
import { projectArtifactRoutes } from '#routes/api/project-artifacts';
import { projectMetadataRoutes } from '#routes/api/project-metadata';
import { projectScannerRoutes } from '#routes/api/project-scanner';
import { projectRoutes } from '#routes/api/projects';
import { purgeRoutes } from '#routes/api/purge';
import { quotaRoutes } from '#routes/api/quotas';
import { registryRoutes } from '#routes/api/registries';
import { renameRoutes } from '#routes/api/renames';
import { replicationAdapterRoutes } from '#routes/api/replication-adapters';
import { repositoryRoutes } from '#routes/api/repositories';
import { retentionExecutionRoutes } from '#routes/api/retention-executions';
import { retentionRoutes } from '#routes/api/retentions';
import { robotRoutes } from '#routes/api/robots';
import { scannerRoutes } from '#routes/api/scanners';
import { scheduleRoutes } from '#routes/api/schedules';
import { searchRoutes } from '#routes/api/search';
import { statisticsRoutes } from '#routes/api/statistics';
import { storageComparisonRoutes } from '#routes/api/storage-comparison';
import { openSystemRoutes, systemRoutes } from '#routes/api/system';
import { systemRetentionRoutes } from '#routes/api/system-retention';
import { systemVolumeRoutes } from '#routes/api/system-volumes';
import { tagRoutes } from '#routes/api/tags';
import { trashRoutes } from '#routes/api/trash';
import { trustRuleRoutes } from '#routes/api/trust-rules';
import { oneUserRoutes } from '#routes/api/user';
import { userGroupRoutes } from '#routes/api/usergroups';
import { userRoutes } from '#routes/api/users';
import { webhookExecutionRoutes } from '#routes/api/webhook-executions';
import { webhookPolicyRoutes } from '#routes/api/webhook-policies';
import type { AppEnv } from '#routes/app-env';
import { authProxyRoutes } from '#routes/auth/authproxy';
import { oidcRoutes, onboardingRoutes } from '#routes/auth/oidc';
import { sessionRoutes } from '#routes/auth/session';
import { tokenRoutes } from '#routes/auth/token';
import { tokenExchangeRoutes } from '#routes/auth/token-exchange';
import { devcenterRoutes } from '#routes/devcenter/router';
import { landing } from '#routes/internal/landing';
import { auditRefusals } from '#routes/middleware/audit-refusals';
import { authenticate } from '#routes/middleware/authenticate';
import { issueCsrfToken, requireCsrfToken } from '#routes/middleware/csrf';
import { onError } from '#routes/middleware/error-handler';
import { notFound } from '#routes/middleware/not-found';
import { raiseQuotaAlarm } from '#routes/middleware/quota-alarm';
import { refuseWhenReadOnly } from '#routes/middleware/read-only';
import { requireReadableUrl } from '#routes/middleware/readable-url';
import { refuseDeliveries } from '#routes/middleware/refuse-deliveries';
import { registryHeaders } from '#routes/middleware/registry-headers';
import { requestId } from '#routes/middleware/request-id';
import { requestLog } from '#routes/middleware/request-log';
import { wakeForwarding } from '#routes/middleware/wake-forwarding';
import { ociRoutes } from '#routes/oci/router';
import type { Env } from '#src/env';
import { createServices, type Services } from '#src/services';

const servicesByEnv = new WeakMap<Env, Services>();

/** The services of this isolate; the platform hands the same `env` to every request of it. */
export function servicesFor(env: Env): Services {
  const known = servicesByEnv.get(env);
  if (known) return known;
  const services = createServices(env);
  servicesByEnv.set(env, services);
  return services;
}

/** The operations of the management API, in the order in which their paths are tried. */
const API_ROUTES = [
  systemRoutes,
  systemVolumeRoutes,
  configurationRoutes,
  userRoutes,
  oneUserRoutes,
  projectRoutes,
  oneProjectRoutes,
  projectMetadataRoutes,
  projectScannerRoutes,
  cveAllowlistRoutes,
  memberRoutes,
  userGroupRoutes,
  repositoryRoutes,
  renameRoutes,
  trustRuleRoutes,
  artifactRoutes,
  accessoryRoutes,
  additionRoutes,
  iconRoutes,
  projectArtifactRoutes,
  artifactCopyRoutes,
  tagRoutes,
  artifactLabelRoutes,
  labelRoutes,
  immutableRuleRoutes,
  searchRoutes,
  statisticsRoutes,
  trashRoutes,
  quotaRoutes,
  retentionRoutes,
  retentionExecutionRoutes,
  systemRetentionRoutes,
  robotRoutes,
  permissionRoutes,
  registryRoutes,
  replicationAdapterRoutes,
  scannerRoutes,
  scheduleRoutes,
  jobServiceRoutes,
  garbageCollectionRoutes,
  storageComparisonRoutes,
  auditLogRoutes,
  purgeRoutes,
  webhookPolicyRoutes,
  webhookExecutionRoutes,
  ldapRoutes,
  oidcApiRoutes,
] as const;

/** The whole HTTP surface. Tests bring services of their own. */
export function createApp(provide: (env: Env) => Services = servicesFor): OpenAPIHono<AppEnv> {
  // `/v2` and `/v2/` are one, and so is every other path with and without its last slash, or with more than one anywhere.
  const app = new OpenAPIHono<AppEnv>({ getPath: (request) => routingPath(getPath(request)) });
  app.use(requestId);
  app.use(async function provideServices(c, next) {
    c.set('services', provide(c.env));
    await next();
  });
  app.use(requestLog);
  app.onError(onError);
  app.notFound(notFound(app));

  app.use(refuseDeliveries);
  app.use('/api/*', requireReadableUrl);
  app.route('/api', openSystemRoutes());
  app.get('/api/v2.0/openapi.json', serveDocument(app));
  app.use(wakeForwarding);
  app.use('/v2/*', registryHeaders, authenticate('registry'), raiseQuotaAlarm, refuseWhenReadOnly);
  app.use('/service/token', authenticate('token-service'));
  app.use(
    '/api/*',
    issueCsrfToken,
    requireCsrfToken,
    authenticate('api'),
    auditRefusals,
    raiseQuotaAlarm,
    refuseWhenReadOnly,
  );
  app.use('/c/*', issueCsrfToken, requireCsrfToken, authenticate('api'), refuseWhenReadOnly);

  app.get('/', landing);
  // Where a logout lands; the portal's page one day.
  app.get('/account/sign-in', landing);
  app.route('/devcenter-api-2.0', devcenterRoutes());
  app.route('/service/token', tokenRoutes());
  app.route('/service/token-exchange', tokenExchangeRoutes());
  app.route('/c', sessionRoutes());
  app.route('/c/authproxy', authProxyRoutes());
  app.route('/c/oidc', oidcRoutes());
  app.route('/oidc-onboard', onboardingRoutes());
  app.route('/', ociRoutes());
  for (const routes of API_ROUTES) app.route('/api/v2.0', routes());
  return app;
}
