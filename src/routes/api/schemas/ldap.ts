import { z } from '@hono/zod-openapi';
import { GROUP_TYPES } from '#domain/groups/user-group';
import type { LdapGroup } from '#domain/ldap/ldap-group';
import type { ImportFailure, LdapTrial } from '#domain/ldap/ldap-service';
import type { LdapUser } from '#domain/ldap/ldap-user';

/** Most users one request imports: each costs a search and several statements. */
const MAX_IMPORTED = 100;

const text = z.string().max(4_096).optional();

export const ldapConfSchema = z
  .object({
    ldap_url: text,
    ldap_search_dn: text,
    ldap_search_password: text,
    ldap_base_dn: text,
    ldap_filter: text,
    ldap_uid: text,
    ldap_scope: z.union([z.literal(0), z.literal(1), z.literal(2)]).optional(),
    ldap_connection_timeout: z.int().min(0).optional().openapi({ description: 'seconds; 0 takes the one that is set' }),
    ldap_verify_cert: z.boolean().optional(),
  })
  .openapi('LdapConf');

export const ldapPingResultSchema = z.object({ success: z.boolean(), message: z.string() }).openapi('LdapPingResult');

export const ldapUserSchema = z
  .object({ username: z.string(), realname: z.string().optional(), email: z.string().optional() })
  .openapi('LdapUser');

export const ldapImportUsersSchema = z
  .object({ ldap_uid_list: z.array(z.string().max(255)).max(MAX_IMPORTED) })
  .openapi('LdapImportUsers');

export const ldapFailedImportUserSchema = z
  .object({ uid: z.string(), error: z.string() })
  .openapi('LdapFailedImportUser');

/** A group of the directory in the form of one that is known here, without an id. */
export const ldapGroupSchema = z
  .object({
    group_name: z.string(),
    group_type: z.literal(GROUP_TYPES.ldap),
    ldap_group_dn: z.string(),
  })
  .openapi('LdapGroup');

export function toLdapTrial(conf: z.infer<typeof ldapConfSchema>): LdapTrial {
  return Object.fromEntries(
    Object.entries({
      url: conf.ldap_url,
      searchDn: conf.ldap_search_dn,
      searchPassword: conf.ldap_search_password,
      baseDn: conf.ldap_base_dn,
      filter: conf.ldap_filter,
      uidAttribute: conf.ldap_uid,
      scope: conf.ldap_scope,
      timeoutSeconds: conf.ldap_connection_timeout || undefined,
      isCertificateVerified: conf.ldap_verify_cert,
    } satisfies { [K in keyof LdapTrial]-?: LdapTrial[K] | undefined }).filter(([, value]) => value !== undefined),
  );
}

export function toLdapUserDto({ username, realname, email }: LdapUser): z.infer<typeof ldapUserSchema> {
  return { username, ...(realname && { realname }), ...(email && { email }) };
}

export function toLdapGroupDto({ name, dn }: LdapGroup): z.infer<typeof ldapGroupSchema> {
  return { group_name: name, group_type: GROUP_TYPES.ldap, ldap_group_dn: dn };
}

export function toFailureDto({ uid, reason }: ImportFailure): z.infer<typeof ldapFailedImportUserSchema> {
  return { uid, error: reason };
}
