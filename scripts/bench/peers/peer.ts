/** A server that takes part. Disposing of it ends its process and removes its state. */
export interface Peer extends AsyncDisposable {
  readonly name: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Id of the server's first process, below which all others run. */
  readonly pid: number;
}

/** A peer that speaks the OCI distribution protocol. */
export interface RegistryPeer extends Peer {
  /** The Authorization header for pushing to and pulling from these repositories; undefined where none is needed. */
  authorize(...repositories: readonly string[]): Promise<string | undefined>;
}
