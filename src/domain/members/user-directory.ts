import type { ExternalIdentity } from '#domain/access/external-identity';

/** An outside directory that can be asked for users who have not logged in yet. */
export interface UserDirectory {
  findUser(username: string): Promise<ExternalIdentity | undefined>;
}
