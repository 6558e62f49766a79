import { AgentView, Plan, PlanHealth, ReceiverView, VaultView } from '@periodic-backup/contracts';
import { formatBytes } from '@periodic-backup/terminal';
import { answer, type CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { ageOf } from '../output/ages.js';

interface Finding {
  readonly ok: boolean;
  readonly about: string;
  /** One sentence; of what is not well, with the remedy. */
  readonly says: string;
}

const LOW_SPACE_SHARE = 0.1;

/** `pbk doctor`: looks at every part that a backup needs, and says of each whether it is well. */
export async function doctor(context: CommandContext): Promise<ExitCode> {
  const { api } = context;
  const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
    const all: T[] = [];
    for await (const item of items) all.push(item);
    return all;
  };
  const [plans, agents, receivers, vaults, health] = await Promise.all([
    api.plans(),
    collect(api.pages(AgentView, '/agents?limit=500')),
    collect(api.pages(ReceiverView, '/receivers')),
    collect(api.pages(VaultView, '/vaults')),
    collect(api.pages(PlanHealth, '/plan-health?limit=500')),
  ]);
  const findings = [
    { ok: true, about: 'admin API', says: `answers at ${api.url}.` },
    ...agentFindings(plans, agents),
    ...receiverFindings(receivers),
    ...vaultFindings(vaults),
    ...planFindings(plans, health),
  ];
  const ill = findings.filter(({ ok }) => !ok);
  answer(context, findings, () =>
    [
      ...findings.map(({ ok, about, says }) => `${ok ? 'ok ' : '!! '} ${about}: ${says}`),
      ill.length === 0 ? 'All is well.' : `${ill.length} of ${findings.length} need attention.`,
    ].join('\n'),
  );
  return ill.length === 0 ? EXIT.ok : EXIT.unsafe;
}

function agentFindings(plans: readonly Plan[], agents: readonly AgentView[]): Finding[] {
  const needed = new Set(plans.map(({ agentId }) => agentId));
  if (agents.length === 0)
    return [{ ok: false, about: 'agents', says: 'none was ever seen: start one with the same REDIS_URL.' }];
  return agents.map(({ agentId, online, seenAt, hostname }) => ({
    ok: online || !needed.has(agentId),
    about: `agent ${agentId}`,
    says: online
      ? `is there${hostname ? ` (${hostname})` : ''}.`
      : `was last seen ${ageOf(seenAt)}: start it, or look at its log${needed.has(agentId) ? '; plans need it' : ''}.`,
  }));
}

function receiverFindings(receivers: readonly ReceiverView[]): Finding[] {
  if (receivers.length === 0)
    return [{ ok: false, about: 'receivers', says: 'none is there: start one for the vault.' }];
  return receivers.map((one) => {
    const about = `receiver ${one.receiverId}`;
    const load = `${one.activeSessions} of ${one.maxClients} sessions at ${one.host}:${one.port}`;
    if (!one.online) return { ok: false, about, says: `was last seen ${ageOf(one.seenAt)}: start it again.` };
    if (!one.vaultWritable)
      return {
        ok: false,
        about,
        says: `cannot write ${one.targetDir}: look at mount, rights and free space.`,
      };
    return { ok: !one.draining, about, says: one.draining ? `is draining: ${load}.` : `${load}.` };
  });
}

function vaultFindings(vaults: readonly VaultView[]): Finding[] {
  return vaults.map(({ name, freeBytes, totalBytes, receiversOnline }) => {
    const about = `vault ${name}`;
    if (receiversOnline === 0) return { ok: false, about, says: 'no receiver serves it: start one.' };
    if (freeBytes === null || !totalBytes) return { ok: true, about, says: 'its free space is not known.' };
    const low = freeBytes < totalBytes * LOW_SPACE_SHARE;
    const space = `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)} are free`;
    return { ok: !low, about, says: low ? `${space}: make room, or keep fewer snapshots.` : `${space}.` };
  });
}

function planFindings(plans: readonly Plan[], health: readonly PlanHealth[]): Finding[] {
  if (plans.length === 0)
    return [{ ok: false, about: 'plans', says: 'there is none: nothing is backed up.' }];
  return health.map(({ planName, agentId, state, sentence }) => ({
    ok: state === 'healthy' || state === 'paused',
    about: `plan ${agentId}/${planName}`,
    says: sentence,
  }));
}
