import type { DirectoryEndpoint } from '#domain/access/directory-endpoint';

/** An authenticating proxy over the network. Everything but a clear answer is SERVICE_UNAVAILABLE. */
export interface AuthProxyClient {
  /** A session of the user; undefined when the credentials are refused. */
  openSession(endpoint: DirectoryEndpoint, username: string, password: string): Promise<string | undefined>;

  /** Whose session it is; undefined when it is nobody's. */
  reviewToken(endpoint: DirectoryEndpoint, token: string): Promise<ReviewedUser | undefined>;
}

/** `status.user` of a TokenReview. */
export interface ReviewedUser {
  readonly username: string;
  readonly groups: readonly string[];
}
