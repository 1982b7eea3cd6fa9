import { withRetries } from '#adapters/d1/batch';
import { groupKey } from '#domain/groups/group-key';
import { isGroupFit } from '#domain/groups/group-rules';
import type { User } from '#domain/users/user';
import type { DirectoryFacts } from '#domain/users/user-store';

/** Groups that one login makes known; the next login goes on with the rest. */
const MAX_NEW_GROUPS = 200;

/** The groups a directory tells of that are known here; `?1` is JSON of `[[type, key], …]`. */
const KNOWN_GROUPS = `select distinct g.id from json_each(?1) e
  join user_groups g on g.type = json_extract(e.value, '$[0]') and g.key = json_extract(e.value, '$[1]')`;

/** Those that are not, and can be; `?1` is JSON of `[[type, key, name, dn], …]`. */
const NEW_GROUPS = `select e.value ->> 0 type, e.value ->> 1 key, e.value ->> 2 name, e.value ->> 3 ldap_dn
  from json_each(?1) e
  where not exists (select 1 from user_groups g where g.type = e.value ->> 0 and g.key = e.value ->> 1)
  group by 1, 2`;

/** Whether the directory tells nothing new: then a login writes nothing. */
export async function sameFacts(db: D1Database, user: User, facts: DirectoryFacts): Promise<boolean> {
  if (user.isAdminInAuth !== facts.isAdministrator) return false;
  if (facts.realname !== undefined && facts.realname !== user.realname) return false;
  const news = db.prepare(`select 1 from (${NEW_GROUPS}) limit 1`).bind(fitGroupsJson(facts));
  if ((await withRetries(() => news.first())) !== null) return false;
  const query = db
    .prepare(
      `select (select count(*) from (${KNOWN_GROUPS})) known,
         (select count(*) from user_group_members where user_id = ?2) stored,
         (select count(*) from user_group_members where user_id = ?2 and group_id in (${KNOWN_GROUPS})) shared,
         (select count(*) from users where email = ?3 and id <> ?2) others`,
    )
    .bind(groupsJson(facts), user.id, facts.email ?? null);
  const row = await withRetries(() => query.first<Record<'known' | 'stored' | 'shared' | 'others', number>>());
  if (!row || row.known !== row.stored || row.stored !== row.shared) return false;
  // An address that is another's is not stored, and so is nothing new.
  return facts.email === undefined || facts.email === user.email || row.others > 0;
}

export function factsStatements(
  db: D1Database,
  user: User,
  facts: DirectoryFacts,
  nowMs: number,
): readonly D1PreparedStatement[] {
  const { email, realname, isAdministrator } = facts;
  return [
    db
      .prepare(
        `insert into user_groups (type, key, name, ldap_dn, created_at_ms, updated_at_ms)
           select type, key, name, ldap_dn, ?2, ?2 from (${NEW_GROUPS}) where true limit ${MAX_NEW_GROUPS}
           on conflict (type, key) do nothing`,
      )
      .bind(fitGroupsJson(facts), nowMs),
    db.prepare('delete from user_group_members where user_id = ?').bind(user.id),
    db
      .prepare(`insert into user_group_members (user_id, group_id) select ?2, id from (${KNOWN_GROUPS})`)
      .bind(groupsJson(facts), user.id),
    db
      .prepare(
        // An address that is another's stays away: it tells nothing about who may do what.
        `update users set realname = coalesce(?2, realname), is_admin_in_auth = ?3,
           email = case when ?4 is null or exists (select 1 from users o where o.email = ?4 and o.id <> ?1) then email
             else ?4 end,
           security_version = security_version + 1, updated_at_ms = ?5 where id = ?1`,
      )
      .bind(user.id, realname ?? null, isAdministrator ? 1 : 0, email ?? null, nowMs),
  ];
}

function fitGroupsJson({ groups }: DirectoryFacts): string {
  const fit = groups.filter(isGroupFit);
  return JSON.stringify(fit.map((group) => [group.type, groupKey(group), group.name, group.ldapDn?.trim() ?? null]));
}

function groupsJson({ groups }: DirectoryFacts): string {
  return JSON.stringify(groups.map((group) => [group.type, groupKey(group)]));
}
