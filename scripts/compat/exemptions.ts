/** Operations that take no input, so that nothing of it can be wrong, with what is asked of them. */
export const NEVER_FAILING: Readonly<Record<string, string>> = {
  getPing: 'says that somebody listens',
  getHealth: 'tells of failures in its answer',
  getSystemInfo: 'tells how to log in',
  getConfigurations: 'tells all settings',
  getVolumes: 'tells what is stored',
  getSystemCVEAllowlist: 'tells the one list there is',
  listAuditLogEventTypes: 'tells all types of events',
  getStatistic: 'tells what there is',
  getRentenitionMetadata: 'tells what rules are made of',
  getPermissions: 'tells what a robot may be given',
  listRegistryProviderTypes: 'tells which kinds of registries there are',
  listRegistryProviderInfos: 'tells what is known of each kind of registry',
};

/** Operations that nobody may ask for anything, with the reason. */
export const NEVER_SUCCEEDING: Readonly<Record<string, string>> = {
  getInternalconfig: 'is for parts of Harbor that do not exist here',
};
