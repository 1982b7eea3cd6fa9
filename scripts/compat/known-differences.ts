/** What an operation does otherwise than Harbor's, by operationId; the reasons are in docs/harbor-differences.md. */
export const KNOWN_DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  createProject: ['`storage_limit` and `cve_allowlist` are without effect', '`registry_id` is 400'],
  getHealth: ['the components are parts of the Worker, under the names monitors look for'],
  listArtifacts: ['labels, accessories and scan overviews are not told', '`q` filters by nothing'],
  getArtifact: ['labels, accessories and scan overviews are not told'],
  ListRobot: ['`q` by another key than `Level`, `ProjectID` and `name` is 400'],
  CreateRobot: [
    'without a duration it gets `robot_token_duration`',
    '`secret` and `disable` count',
    'a robot hands on only what it holds itself',
    'a namespace may limit it to some repositories (`project/team-a/**`)',
    'at most 500 permissions with 5,000 accesses, and 36,500 days',
  ],
  UpdateRobot: ['the bounds of CreateRobot'],
  GetRobotByID: ['whether an id exists is told to administrators of the system only'],
  DeleteRobot: ['whether an id exists is told to administrators of the system only'],
  RefreshSec: ['whether an id exists is told to administrators of the system only'],
  updateUserPassword: ['a guess at the old password counts like one at a login'],
  pingLdap: [
    '`ldap_verify_cert` false is refused for `ldaps`',
    'another `ldap_url` or `ldap_search_dn` needs a password of its own',
  ],
  searchLdapUser: ['at most 1,000 entries', 'a directory that does not answer is 503'],
  searchLdapGroup: ['tells all groups of a name', 'a directory that does not answer is 503'],
  importLdapUser: [
    'at most 100 a request',
    'a name that two entries have fails as `ambiguous_user`',
    'in another `auth_mode` it is 400',
  ],
  pingOIDC: ['`verify_cert` false is refused'],
  updateConfigurations: [
    'settings that switch certificate checks off are stored and never honoured',
    'settings that do not fit together are 400',
  ],
};
