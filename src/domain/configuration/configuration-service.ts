import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { Actor } from '#domain/audit/audit';
import { AUDIT_KEYS, auditSettings } from '#domain/audit/audit-settings';
import { parseLogEndpoint } from '#domain/audit/log-endpoint';
import type { LogReceiver } from '#domain/audit/log-receiver';
import {
  CATALOG,
  type Configuration,
  type ConfigurationKey,
  DEFAULTS,
  isConfigurationKey,
  isSecretKey,
} from '#domain/configuration/catalog';
import { requireFitting } from '#domain/configuration/configuration-rules';
import type { ConfigurationStore } from '#domain/configuration/configuration-store';
import { CONFIGURATION_TYPES } from '#domain/configuration/configuration-type';
import type { SecretBox } from '#domain/configuration/secret-box';
import { type Mutation, newMutation } from '#domain/events/mutation';

/** What triggers in the database go by, so that it stands in a row even when the deployment fixes it. */
const READ_BY_TRIGGERS: readonly ConfigurationKey[] = ['quota_per_project_enable'];

/** Who changes settings on behalf of the deployment. */
const DEPLOYMENT: Actor = { username: '', sourceAddress: undefined };

/** How old a remembered configuration may be. */
const TTL_MS = 10_000;

export interface ConfigurationServiceDeps {
  readonly store: ConfigurationStore;
  readonly secrets: SecretBox;
  /** Whom entries of the audit log are forwarded to. */
  readonly logReceiver: Pick<LogReceiver, 'isThere'>;
  readonly clock: Clock;
  /** Settings the deployment fixes; with any, none can be changed through the API. */
  readonly overwritten: Readonly<Record<string, unknown>> | undefined;
}

/** What administrators set while the registry runs. */
export class ConfigurationService {
  readonly #deps: ConfigurationServiceDeps;
  #known: { readonly configuration: Configuration; readonly atMs: number } | undefined;

  constructor(deps: ConfigurationServiceDeps) {
    this.#deps = deps;
  }

  /** All settings, as they stood at most 10 s ago. */
  async current(): Promise<Configuration> {
    const nowMs = this.#deps.clock.nowMs();
    if (this.#known && nowMs - this.#known.atMs < TTL_MS) return this.#known.configuration;
    const configuration = await this.#read();
    this.#known = { configuration, atMs: nowMs };
    return configuration;
  }

  /** Whether the API may change settings. */
  get isEditable(): boolean {
    return this.#deps.overwritten === undefined;
  }

  /** Whether the way of logging in may still change. */
  async isAuthModeEditable(): Promise<boolean> {
    return this.isEditable && !(await this.#deps.store.hasOtherUsers());
  }

  /** Changes the settings that are named; unknown keys are ignored, as in Harbor, and so are empty secrets. */
  async update(changes: Readonly<Record<string, unknown>>, actor: Actor): Promise<void> {
    if (!this.isEditable) {
      throw new AppError('FORBIDDEN', { message: 'the configuration is fixed by the deployment' });
    }
    const parsed = new Map([...parseAll(changes)].filter(([key, value]) => !isSecretKey(key) || value !== ''));
    const present = await this.#read();
    const wanted = { ...present, ...Object.fromEntries(parsed) };
    requireFitting(wanted, new Set(parsed.keys()));
    const { audit_log_forward_endpoint: endpoint } = wanted;
    if (endpoint !== present.audit_log_forward_endpoint) await this.#requireReceiver(endpoint);
    const rows = new Map<string, string>();
    for (const [key, value] of parsed) rows.set(key, await this.#toRow(key, value));
    const isAboutAudit = AUDIT_KEYS.some((key) => parsed.has(key));
    const audit = isAboutAudit ? auditSettings(wanted) : undefined;
    await this.#deps.store.put(rows, audit, this.#mutation([...rows.keys()], actor));
    this.#known = undefined;
  }

  /**
   * Lets the audit log go by what the settings say of it; the cron tick calls this, for settings that the deployment fixes
   * and for two changes at once.
   */
  async applyToAudit(): Promise<void> {
    await this.#deps.store.applyToAudit(auditSettings(await this.#read()));
  }

  async #read(): Promise<Configuration> {
    const rows = await this.#deps.store.list();
    const values: Partial<Record<ConfigurationKey, unknown>> = {};
    for (const [key, row] of rows) {
      if (!isConfigurationKey(key)) continue;
      const value = await this.#fromRow(key, row);
      if (value !== undefined) values[key] = value;
    }
    const overwritten = parseAll(this.#deps.overwritten ?? {});
    await this.#tellTriggers(overwritten, rows);
    return { ...DEFAULTS, ...values, ...Object.fromEntries(overwritten) } as Configuration;
  }

  async #tellTriggers(overwritten: ReadonlyMap<ConfigurationKey, unknown>, rows: ReadonlyMap<string, string>) {
    const fixed = READ_BY_TRIGGERS.filter((key) => overwritten.has(key)).map(
      (key) => [key, JSON.stringify(overwritten.get(key))] as const,
    );
    const untold = new Map<string, string>(fixed.filter(([key, value]) => rows.get(key) !== value));
    if (untold.size === 0) return;
    await this.#deps.store.put(untold, undefined, this.#mutation([...untold.keys()], DEPLOYMENT));
  }

  /** A mistake in the address of a receiver would show nowhere else. */
  async #requireReceiver(text: string): Promise<void> {
    const endpoint = parseLogEndpoint(text);
    if (!endpoint || (await this.#deps.logReceiver.isThere(endpoint))) return;
    throw new AppError('BAD_REQUEST', { message: `could not connect to the audit endpoint: ${text}` });
  }

  async #toRow(key: ConfigurationKey, value: unknown): Promise<string> {
    return isSecretKey(key) ? this.#deps.secrets.seal(String(value)) : JSON.stringify(value);
  }

  async #fromRow(key: ConfigurationKey, row: string): Promise<unknown> {
    return isSecretKey(key) ? this.#deps.secrets.open(row) : (JSON.parse(row) as unknown);
  }

  #mutation(keys: readonly string[], actor: Actor): Mutation {
    const audit = {
      projectId: undefined,
      operation: 'update',
      resourceType: 'configuration',
      resource: 'configuration',
      description: `update configuration: ${keys.join(', ')}`,
    };
    return newMutation(audit, actor, this.#deps.clock);
  }
}

/** The values of known keys, by their types. BAD_REQUEST names the first that is wrong. */
function parseAll(values: Readonly<Record<string, unknown>>): ReadonlyMap<ConfigurationKey, unknown> {
  const parsed = new Map<ConfigurationKey, unknown>();
  for (const [key, value] of Object.entries(values)) {
    if (!isConfigurationKey(key) || value === null || value === undefined) continue;
    const result = CONFIGURATION_TYPES[CATALOG[key].type].safeParse(value);
    if (!result.success) {
      const reason = result.error.issues[0]?.message ?? 'is invalid';
      throw new AppError('BAD_REQUEST', { message: `invalid value for ${key}: ${reason}` });
    }
    parsed.set(key, result.data);
  }
  return parsed;
}
