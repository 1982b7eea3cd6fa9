import { DirectoryHttp } from '#adapters/http-directory/directory-http';
import { HttpAuthProxyClient } from '#adapters/http-directory/http-auth-proxy-client';
import { HttpUaaClient } from '#adapters/http-directory/http-uaa-client';
import { AuthProxyAuthenticator } from '#domain/authproxy/auth-proxy-authenticator';
import { toAuthProxySettings } from '#domain/authproxy/auth-proxy-settings';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import { UaaAuthenticator } from '#domain/uaa/uaa-authenticator';
import { toUaaSettings } from '#domain/uaa/uaa-settings';

/** The directories that are asked over HTTP, each as the settings of the moment say. */
export function createHttpDirectories(configuration: ConfigurationService) {
  const http = new DirectoryHttp({ fetch });
  const uaa = new UaaAuthenticator({
    client: new HttpUaaClient({ http }),
    settings: async () => toUaaSettings(await configuration.current()),
  });
  const proxy = new AuthProxyAuthenticator({
    client: new HttpAuthProxyClient({ http }),
    settings: async () => toAuthProxySettings(await configuration.current()),
  });
  return { uaa, proxy };
}
