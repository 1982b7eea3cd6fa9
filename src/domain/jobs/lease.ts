/** How long a slice may take before its task counts as gone quiet, in milliseconds; each slice that commits begins anew. */
export const LEASE_MS = 30_000;
