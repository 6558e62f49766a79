import { X509Certificate, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { provesKey, type ReportSigner, type RunEvent, type SignedReport } from '@periodic-backup/contracts';
import { revokedSerials } from '@periodic-backup/ledger';
import { nameIn } from '@periodic-backup/trust';
import { PresenceReader } from '../dispatch/presence-reader.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { VaultKeys } from '../vaults/vault-keys.js';
import { SeenSignatures } from './seen-signatures.js';
import { ReportBudget } from './report-budget.js';

const MOST_CERTIFICATES = 10_000;
/** A revoked agent is heard for so long at most. */
const REVOCATIONS_FRESH_MS = 2_000;

interface KnownCertificate {
  readonly agentId: string;
  readonly serial: string;
  readonly publicKey: KeyObject;
  readonly notAfterMs: number;
}

export type Verdict =
  | { readonly kind: 'genuine'; readonly report: RunEvent }
  /** It comes too fast: dropped, without a look. */
  | { readonly kind: 'flood'; readonly claimed: string; readonly isFirst: boolean }
  | { readonly kind: 'forged'; readonly claimed: string | null; readonly reason: string };

/** Lets through what an agent's or a vault's key has signed about itself, once. */
@Injectable()
export class ReportGate {
  readonly #certificates = new Map<string, KnownCertificate | string>();
  readonly #seen = new SeenSignatures();
  readonly #budget = new ReportBudget();
  #authority: X509Certificate | null = null;
  #revoked: { readonly at: number; readonly serials: Promise<ReadonlySet<string>> } | null = null;

  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly vaultKeys: VaultKeys,
    private readonly presence: PresenceReader,
  ) {}

  /**
   * `jobId` begins with the name of the Redis user that added the job (`reportJobId`); a job that is delivered twice is
   * no replay. @throws Error while PostgreSQL or Redis is away
   */
  async judge({ report, by, signature }: SignedReport, jobId: string): Promise<Verdict> {
    const sender = senderOf(jobId);
    const pace = this.#budget.spend(sender);
    if (pace !== 'ok') return { kind: 'flood', claimed: sender, isFirst: pace === 'first too many' };
    const reason = await this.#whyForged({ report, by, signature }, sender);
    if (reason !== null) return { kind: 'forged', claimed: claimOf(report, by), reason };
    if (!this.#seen.isNew(signature, jobId))
      return { kind: 'forged', claimed: claimOf(report, by), reason: 'it was heard before: a replay' };
    return { kind: 'genuine', report };
  }

  async #whyForged({ report, by, signature }: SignedReport, sender: string): Promise<string | null> {
    if (by.kind === 'vault') {
      const key = await this.#vault(by.vaultId);
      if (key === null) return 'no key is pinned for its vault';
      if (!provesKey('report', report, signature, key)) return 'the signature is not that of its vault';
      return notAVaults(report, by.vaultId);
    }
    const agent = this.#agent(by.certificate);
    if (typeof agent === 'string') return agent;
    if (agent.notAfterMs < Date.now()) return 'its certificate has run out';
    if ((await this.#revokedNow()).has(agent.serial)) return 'its certificate was revoked';
    if (!provesKey('report', report, signature, agent.publicKey))
      return 'the signature is not that of its agent';
    if (sender !== `agent-${agent.agentId}`) return `it was sent by ${sender}`;
    return speaksForAnother(report, agent);
  }

  #agent(certificate: string): KnownCertificate | string {
    const known = this.#certificates.get(certificate);
    if (known !== undefined) return known;
    const checked = this.#check(certificate);
    if (checked === null) return 'there is no certificate authority yet';
    const [oldest] = this.#certificates.keys();
    if (this.#certificates.size >= MOST_CERTIFICATES && oldest !== undefined)
      this.#certificates.delete(oldest);
    this.#certificates.set(certificate, checked);
    return checked;
  }

  #check(certificate: string): KnownCertificate | string | null {
    const authority = this.#authorityCertificate();
    if (!authority) return null;
    try {
      const shown = new X509Certificate(Buffer.from(certificate, 'base64'));
      if (!shown.checkIssued(authority) || !shown.verify(authority.publicKey))
        return 'its certificate is not of our authority';
      const name = nameIn(shown);
      if (name?.role !== 'agent') return 'its certificate is not that of an agent';
      const { serialNumber: serial, publicKey, validToDate } = shown;
      return { agentId: name.id, serial, publicKey, notAfterMs: validToDate.getTime() };
    } catch {
      return 'its certificate cannot be read';
    }
  }

  #authorityCertificate(): X509Certificate | null {
    const { authorityFile } = this.runtime;
    if (!this.#authority && existsSync(authorityFile))
      this.#authority = new X509Certificate(readFileSync(authorityFile));
    return this.#authority;
  }

  /** Of a vault that only ever spoke through reports, a look at the receivers may pin the key now. */
  async #vault(vaultId: string): Promise<KeyObject | null> {
    const known = await this.vaultKeys.of(vaultId);
    if (known) return known;
    await this.presence.receivers();
    return this.vaultKeys.of(vaultId);
  }

  #revokedNow(): Promise<ReadonlySet<string>> {
    const now = performance.now();
    if (!this.#revoked || now - this.#revoked.at > REVOCATIONS_FRESH_MS) {
      const serials = revokedSerials(this.runtime.ledger, new Date()).then((list) => new Set(list));
      this.#revoked = { at: now, serials };
      // A failure is not remembered.
      serials.catch(() => (this.#revoked = null));
    }
    return this.#revoked.serials;
  }
}

function senderOf(jobId: string): string {
  return jobId.slice(0, Math.max(0, jobId.indexOf('.')));
}

/** Whom it claims to come from. */
function claimOf(report: RunEvent, by: ReportSigner): string | null {
  if (by.kind === 'vault') return `vault/${by.vaultId}`;
  if ('agentId' in report) return `agent/${report.agentId}`;
  return 'by' in report ? `agent/${report.by}` : null;
}

/** Why an agent may not say this, or null. */
function speaksForAnother(report: RunEvent, { agentId }: KnownCertificate): string | null {
  if (report.type === 'receipt') return 'only a vault tells of receipts by themselves';
  const about = 'agentId' in report ? report.agentId : report.by;
  return about === agentId ? null : `agent "${agentId}" speaks for "${about}"`;
}

/** Why a vault may not say this, or null. Whether the task is the vault's own is for its taker to say. */
function notAVaults(report: RunEvent, vaultId: string): string | null {
  switch (report.type) {
    case 'receipt':
      return report.receipt.vaultId === vaultId ? null : 'its receipt is of another vault';
    case 'task-started':
    case 'task-alive':
    case 'task-ended':
    case 'refused':
      return null;
    case 'started':
    case 'connected':
    case 'alive':
    case 'ended':
    case 'agent-started':
      return 'only an agent says that';
  }
}
