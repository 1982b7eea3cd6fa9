import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { IssuerPolicy } from '#domain/federation/trust-rule-draft';

/** Issuers one registry may trust. */
const MAX_ISSUERS = 100;

export interface IssuerPoliciesDeps {
  readonly configuration: Pick<ConfigurationService, 'current'>;
  readonly isLoopbackAllowed: boolean;
}

/** Which issuers the system's administrator allows (`federation_issuers`); none by default. */
export class IssuerPolicies {
  readonly #deps: IssuerPoliciesDeps;

  constructor(deps: IssuerPoliciesDeps) {
    this.#deps = deps;
  }

  /** As it stood at most 10 s ago. */
  async current(): Promise<IssuerPolicy> {
    const { configuration, isLoopbackAllowed } = this.#deps;
    const { federation_issuers: text } = await configuration.current();
    return { issuers: parseIssuers(text), isLoopbackAllowed };
  }
}

/** One issuer a line, or several with commas between them. */
export function parseIssuers(text: string): readonly string[] {
  return text
    .split(/[\s,]+/)
    .filter((issuer) => issuer !== '')
    .slice(0, MAX_ISSUERS);
}
