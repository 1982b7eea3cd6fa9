/** Whose deeds the deletions of jobs are, in the audit log and the trash; the first is Harbor's name for its job service. */
export const RETENTION_ACTOR = 'harbor-jobservice';
export const GARBAGE_COLLECTION_ACTOR = 'garbage-collection';

export const JOB_ACTORS: readonly string[] = [RETENTION_ACTOR, GARBAGE_COLLECTION_ACTOR];
