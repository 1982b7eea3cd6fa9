import type { Services } from '#src/services';

/** What the one-minute cron does. Each part is bounded, may be cut off, and may run twice at once. */
export async function tick(services: Services): Promise<void> {
  const parts = {
    outbox: () => services.events.resendDue(),
    schedules: () => services.schedules.fireDue(),
    dueTasks: () => services.jobRunner.wakeDue(),
    oldLogs: () => services.jobs.forgetOldLogs(),
    consumedEvents: () => services.events.forgetConsumed(),
    deadLetters: () => services.events.forgetBuried(),
    orphans: () => services.orphans.sweep(),
    deletedRepositories: () => services.repositories.sweep(),
    auditSettings: () => services.configuration.applyToAudit(),
    hiddenAudit: () => services.audit.sweep(),
    auditForwarding: () => services.forwarding.forward(),
    expiringRobots: () => services.robotExpiry.announce(),
    aliases: () => services.aliases.sweep(),
    sessions: () => services.sessions.sweep(),
    identityPins: () => services.federation.sweep(),
    pendingLogins: () => services.pendingLogins.sweep(),
    signingKeys: () => services.signingKeys.rotateIfOld(services.clock.nowMs()),
  };
  const outcomes = await Promise.allSettled(Object.values(parts).map((part) => part()));
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') continue;
    const part = Object.keys(parts)[index];
    console.error(JSON.stringify({ level: 'error', tick: part, message: String(outcome.reason) }));
  }
}
