import { AppError } from '#core/errors';

/** Where a directory is asked over HTTP. */
export interface DirectoryEndpoint {
  readonly url: URL;
  /** Whether the settings ask for what no platform of ours can do: to take any certificate. */
  readonly wantsUnverified: boolean;
}

/**
 * Reads an endpoint from the configuration; without a scheme it is https (harbor:src/common/utils/uaa/client.go). Throws
 * SERVICE_UNAVAILABLE, naming the setting and never its value, which somebody may have put a password into.
 */
export function parseDirectoryEndpoint(
  setting: string,
  text: string,
  { verifiesCertificate }: { readonly verifiesCertificate: boolean },
): DirectoryEndpoint {
  const address = text.trim();
  const url = URL.parse(address.includes('://') ? address : `https://${address}`);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new AppError('SERVICE_UNAVAILABLE', { message: `the setting ${setting} is not the address of a directory` });
  }
  return { url, wantsUnverified: url.protocol === 'https:' && !verifiesCertificate };
}
