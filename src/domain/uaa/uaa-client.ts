import type { DirectoryEndpoint } from '#domain/access/directory-endpoint';

/** A UAA over the network. Everything but a clear answer is SERVICE_UNAVAILABLE. */
export interface UaaClient {
  /** An access token of the user (RFC 6749 §4.3); undefined when the credentials are refused. */
  passwordGrant(uaa: UaaAccess, username: string, password: string): Promise<string | undefined>;

  /** What the UAA says about the bearer of the token (OpenID Connect Core §5.3). */
  userInfo(uaa: UaaAccess, accessToken: string): Promise<UaaUserInfo>;

  /** Users of that name, in whatever case; the same name may be known from several origins. The client needs `scim.read`. */
  findUsers(uaa: UaaAccess, username: string): Promise<readonly UaaUser[]>;
}

export interface UaaAccess {
  readonly endpoint: DirectoryEndpoint;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface UaaUser extends UaaUserInfo {
  /** As the UAA writes it, whatever was asked for. */
  readonly username: string;
}

export interface UaaUserInfo {
  readonly name: string | undefined;
  readonly email: string | undefined;
}
