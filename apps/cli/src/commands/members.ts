import { Invitation, Revocation, type AgentView } from '@periodic-backup/contracts';
import { answer, type CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { ageOf, localTime } from '../output/ages.js';
import { table } from '../output/table.js';

/** Which of those that join. */
export type MemberKind = 'agents' | 'receivers';

/** `pbk agents`: which machines there are. */
export async function listAgents(context: CommandContext): Promise<ExitCode> {
  const agents = await context.api.agents();
  answer(context, agents, () =>
    agents.length === 0 ? 'No agent yet. Invite one with "pbk agents invite NAME".' : agentTable(agents),
  );
  return EXIT.ok;
}

/** `pbk agents invite NAME`: the line, alone on standard output, so that it can be passed on. */
export async function inviteMember(
  context: CommandContext,
  kind: MemberKind,
  id: string,
  { address }: { readonly address?: string },
): Promise<ExitCode> {
  const request = address === undefined ? { id } : { id, address };
  const invitation = await context.api.send(Invitation, 'POST', `/${kind}/invitations`, request);
  answer(context, invitation, () => invitation.command);
  if (!context.json) context.err.write(`${advice(invitation)}\n`);
  return EXIT.ok;
}

/** `pbk agents revoke NAME`. */
export async function revokeMember(context: CommandContext, kind: MemberKind, id: string): Promise<ExitCode> {
  const revocation = await context.api.send(Revocation, 'POST', `/${kind}/${id}/revoke`, {});
  answer(
    context,
    revocation,
    () =>
      `The ${revocation.role} "${id}" is out: certificate, access to Redis and sessions end within seconds. What it backed up stays.`,
  );
  return EXIT.ok;
}

function advice({ role, id, expiresAt, replaces }: Invitation): string {
  const allow = role === 'agent' ? ' It wants --allow DIR: what plans may read there.' : '';
  return [
    `Type this on the machine that becomes ${role} "${id}".${allow}`,
    `It works once, until ${localTime(expiresAt)}. Whoever sees the line can use it.`,
    ...(replaces ? [`The one that has this name now is put out when the line is used.`] : []),
  ].join('\n');
}

function agentTable(agents: readonly AgentView[]): string {
  return table(
    ['AGENT', 'HOST', 'VERSION', 'SEEN'],
    agents.map(({ agentId, hostname, version, online, seenAt }) => [
      agentId,
      hostname ?? 'unknown',
      version ?? 'unknown',
      online ? 'online' : ageOf(seenAt),
    ]),
  );
}
