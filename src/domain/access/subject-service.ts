import type { SecuritySubject } from '#domain/access/principal';

/** Where the security version of a kind of subject is known. */
export interface SubjectVersions {
  /** As it stood at most 10 s ago; undefined when the subject is gone, disabled or over. */
  versionOf(id: number): Promise<number | undefined>;
}

/** Whether those whose rights were written down once still have them. */
export class SubjectService {
  readonly #versions: Readonly<Record<SecuritySubject['kind'], SubjectVersions>>;

  constructor(versions: Readonly<Record<SecuritySubject['kind'], SubjectVersions>>) {
    this.#versions = versions;
  }

  async isCurrent({ kind, id, securityVersion }: SecuritySubject): Promise<boolean> {
    return (await this.#versions[kind].versionOf(id)) === securityVersion;
  }
}
