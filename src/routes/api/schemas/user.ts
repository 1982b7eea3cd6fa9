import { z } from '@hono/zod-openapi';
import type { OidcUserMeta } from '#domain/oidc/oidc-accounts';
import type { User } from '#domain/users/user';
import { toTimestamp } from '#routes/api/schemas/common';

/** Longer texts are refused by the service, with Harbor's words; these bounds only keep bodies sane. */
const text = z.string().max(1_024);

export const userCreationSchema = z
  .object({
    username: text.default(''),
    password: text.default(''),
    email: text.default(''),
    realname: text.default(''),
    comment: text.default(''),
  })
  .openapi('UserCreationReq');

export const userProfileSchema = z
  .object({ email: text.default(''), realname: text.default(''), comment: text.default('') })
  .openapi('UserProfile');

export const passwordSchema = z
  .object({ old_password: text.default(''), new_password: text.default('') })
  .openapi('PasswordReq');

/** Harbor's clients leave a flag that is false out of the body. */
export const administratorFlagSchema = z
  .object({ sysadmin_flag: z.boolean().default(false) })
  .openapi('UserSysAdminFlag');

const oidcUserMetaSchema = z
  .object({
    id: z.int(),
    user_id: z.int(),
    subiss: z.string(),
    /** The CLI secret, which nobody sees but its owner. */
    secret: z.string().optional(),
    creation_time: z.iso.datetime(),
    update_time: z.iso.datetime(),
  })
  .openapi('OIDCUserInfo');

export const userSchema = z
  .object({
    user_id: z.int(),
    username: z.string(),
    email: z.string().optional(),
    realname: z.string().optional(),
    comment: z.string().optional(),
    sysadmin_flag: z.boolean(),
    admin_role_in_auth: z.boolean(),
    creation_time: z.iso.datetime(),
    update_time: z.iso.datetime(),
    /** Of who logs in at an OpenID Connect provider. */
    oidc_user_meta: oidcUserMetaSchema.optional(),
  })
  .openapi('UserResp');

export const userSearchItemSchema = z.object({ user_id: z.int(), username: z.string() }).openapi('UserSearchRespItem');

export const permissionSchema = z.object({ resource: z.string(), action: z.string() }).openapi('Permission');

export function toUserDto(user: User): z.infer<typeof userSchema> {
  return {
    user_id: user.id,
    username: user.username,
    ...(user.email && { email: user.email }),
    ...(user.realname && { realname: user.realname }),
    ...(user.comment && { comment: user.comment }),
    sysadmin_flag: user.isSystemAdmin,
    admin_role_in_auth: user.isAdminInAuth,
    creation_time: toTimestamp(user.createdAtMs),
    update_time: toTimestamp(user.updatedAtMs),
  };
}

/** One account with what its provider knows it by; with the CLI secret for its owner alone. */
export function toUserDetailsDto(
  user: User,
  meta: OidcUserMeta | undefined,
  { isOwn }: { readonly isOwn: boolean },
): z.infer<typeof userSchema> {
  if (!meta) return toUserDto(user);
  return { ...toUserDto(user), oidc_user_meta: { ...toOidcUserMetaDto(meta), ...(isOwn && { secret: meta.secret }) } };
}

function toOidcUserMetaDto(meta: OidcUserMeta): z.infer<typeof oidcUserMetaSchema> {
  return {
    // One of an account at most: Harbor's own id of the row tells nobody anything.
    id: meta.userId,
    user_id: meta.userId,
    subiss: meta.subjectIssuer,
    creation_time: toTimestamp(meta.createdAtMs),
    update_time: toTimestamp(meta.updatedAtMs),
  };
}

export function toUserSearchItem({ id, username }: User): z.infer<typeof userSearchItemSchema> {
  return { user_id: id, username };
}
