import type { Receipt, VaultJob } from '@periodic-backup/contracts';
import { Counter, Gauge, Histogram, type Registry } from '@periodic-backup/platform';
import type { SessionError } from '@periodic-backup/protocol';
import type { RecoveryReport } from '@periodic-backup/vault';
import type { SessionOutcome } from '../sessions/session-wire.js';

/** Figures of a receiver; an outcome is committed, repeated, read or an error's code. */
export class ReceiverMetrics {
  readonly #sessions: Counter;
  readonly #receivedBytes: Counter;
  readonly #sentBytes: Counter;
  readonly #vaultJobs: Counter;
  readonly #commits: Counter;
  readonly #commitSeconds: Histogram;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.#sessions = new Counter({
      name: 'pbk_sessions_total',
      help: 'Connections that ended, by outcome',
      labelNames: ['outcome'],
      registers,
    });
    this.#receivedBytes = new Counter({
      name: 'pbk_received_bytes_total',
      help: 'Bytes received in sessions',
      registers,
    });
    this.#sentBytes = new Counter({
      name: 'pbk_sent_bytes_total',
      help: 'Bytes sent to sessions that read',
      registers,
    });
    this.#vaultJobs = new Counter({
      name: 'pbk_vault_jobs_total',
      help: 'Jobs on the vault that this receiver has done',
      labelNames: ['type'],
      registers,
    });
    this.#commits = new Counter({ name: 'pbk_commits_total', help: 'Snapshots committed', registers });
    this.#commitSeconds = new Histogram({
      name: 'pbk_commit_seconds',
      help: 'Time from COMMIT to a durable snapshot',
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300],
      registers,
    });
  }

  /** A figure that is asked for when somebody looks. */
  gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(value());
      },
    });
  }

  recovered(report: RecoveryReport): void {
    for (const [member, value] of Object.entries(report) as [string, number][]) {
      const name = member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      this.gauge(`pbk_recovery_${name}`, `What the recovery at the start did: ${member}`, () => value);
    }
  }

  onReceivedBytes(lengthBytes: number): void {
    this.#receivedBytes.inc(lengthBytes);
  }

  onSentBytes(lengthBytes: number): void {
    this.#sentBytes.inc(lengthBytes);
  }

  onCommitted(_receipt: Receipt, seconds: number): void {
    this.#commits.inc();
    this.#commitSeconds.observe(seconds);
  }

  onVaultJob(type: VaultJob['type']): void {
    this.#vaultJobs.inc({ type });
  }

  onClosed(outcome: SessionOutcome): void {
    this.#sessions.inc({ outcome: outcome.kind === 'failed' ? outcome.error.code : outcome.kind });
  }

  onRefused(error: SessionError): void {
    this.#sessions.inc({ outcome: error.code });
  }
}
