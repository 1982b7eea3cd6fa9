import { z } from '@hono/zod-openapi';
import { CATALOG, type Configuration, type ConfigurationKey, isSecretKey } from '#domain/configuration/catalog';

/** Settings by their names; which there are and what they take, the catalog says. */
export const configurationsReqSchema = z.record(z.string(), z.unknown()).openapi('Configurations');

/** Each setting with whether it can be changed. Maps are JSON in a text, as Harbor's clients read them. */
export const configurationsSchema = z
  .record(
    z.string(),
    z.object({
      value: z.union([z.string(), z.boolean(), z.int(), z.record(z.string(), z.unknown())]),
      editable: z.boolean(),
    }),
  )
  .openapi('ConfigurationsResponse');

/** Harbor tells when everything is scanned among the settings; nothing is scanned here yet. */
const SCAN_ALL_POLICY = { type: 'none', parameter: {} };

/** The one secret that Harbor answers, in the clear: its clients count on the key, which tells nothing here. */
const ANSWERED_EMPTY: ConfigurationKey = 'uaa_client_secret';

export interface Editability {
  readonly isEditable: boolean;
  /** The way of logging in changes only while nobody but the first administrator has an account. */
  readonly isModeEditable: boolean;
}

/** Secrets are never answered; an empty one that comes back in a `PUT` changes nothing. */
export function toConfigurationsDto(
  configuration: Configuration,
  { isEditable, isModeEditable }: Editability,
): z.infer<typeof configurationsSchema> {
  const keys = (Object.keys(CATALOG) as ConfigurationKey[]).filter((key) => !isSecretKey(key));
  const items = keys.map((key) => {
    const value = configuration[key];
    const editable = key === 'auth_mode' ? isModeEditable : isEditable;
    return [key, { value: typeof value === 'object' ? JSON.stringify(value) : value, editable }] as const;
  });
  return {
    ...Object.fromEntries(items),
    [ANSWERED_EMPTY]: { value: '', editable: isEditable },
    scan_all_policy: { value: SCAN_ALL_POLICY, editable: isEditable },
  };
}
