/** Operations of which nothing that a client sends can be wrong, mostly as they take no input, with what is asked of them. */
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
  getGCSchedule: 'tells the one schedule there is',
  getPurgeSchedule: 'tells the one schedule there is',
  getStorageComparisonSchedule: 'tells the one schedule there is',
  getWorkerPools: 'tells the one pool there is',
  listJobQueues: 'tells all kinds of work',
  getWorkers: 'of an unknown pool there are none, as in Harbor',
  stopRunningJob: 'what does not run is stopped, as in Harbor',
};

/** Operations that nobody may ask for anything, with the reason. */
export const NEVER_SUCCEEDING: Readonly<Record<string, string>> = {
  getInternalconfig: 'is for parts of Harbor that do not exist here',
};
