import type { Receipt } from '@periodic-backup/contracts';
import type { SessionErrorCode, SessionLimits } from '@periodic-backup/protocol';
import type {
  AppendRequest,
  PlanPlace,
  RecoveryReport,
  RemovalReport,
  VerifyProgress,
  VerifyReport,
} from '@periodic-backup/vault';

import type { PlacedReceipt } from '../reports/receipt-reporter.js';

/** What crosses between the main thread and a session worker. `session` tells late messages of an ended one apart. */
export type ToWorker =
  | {
      readonly type: 'open';
      readonly session: number;
      readonly request: AppendRequest;
      readonly entryWindow: number;
      readonly contentWindow: number;
      readonly limits: Partial<SessionLimits>;
    }
  /** Read snapshots of a place: this one, or with null any. */
  | {
      readonly type: 'open-reading';
      readonly session: number;
      readonly place: PlanPlace;
      readonly snapshot: string | null;
      readonly limits: Partial<SessionLimits>;
    }
  /** That many bytes of a reading session's `send` have left; memory that was moved with it comes back. */
  | {
      readonly type: 'left';
      readonly session: number;
      readonly lengthBytes: number;
      readonly memory: ArrayBuffer | null;
    }
  /** The first `lengthBytes` of a buffer, which is given back with `consumed`. */
  | {
      readonly type: 'bytes';
      readonly session: number;
      readonly bytes: LentBuffer;
      readonly lengthBytes: number;
    }
  /** Reading from the peer is held by this side, or goes on: deadlines of the peer stand still meanwhile. */
  | { readonly type: 'held'; readonly session: number; readonly held: boolean }
  | { readonly type: 'end'; readonly session: number }
  | { readonly type: 'fail'; readonly session: number; readonly error: ErrorOnTheWay }
  | { readonly type: 'task'; readonly task: number; readonly work: VaultTask };

export type FromWorker =
  | { readonly type: 'ready' }
  | {
      readonly type: 'opened';
      readonly session: number;
      readonly previous: string | null;
      readonly eager: boolean;
    }
  | { readonly type: 'reading'; readonly session: number }
  /** The run was committed before; nothing was opened. */
  | { readonly type: 'repeated'; readonly session: number; readonly receipt: Receipt }
  | { readonly type: 'refused'; readonly session: number; readonly error: ErrorOnTheWay }
  | { readonly type: 'consumed'; readonly session: number; readonly bytes: LentBuffer }
  | { readonly type: 'send'; readonly session: number; readonly bytes: Uint8Array }
  | {
      readonly type: 'committed';
      readonly session: number;
      readonly receipt: Receipt;
      readonly seconds: number;
    }
  /** The last message of a session: the sink is released. */
  | {
      readonly type: 'closed';
      readonly session: number;
      readonly error: ErrorOnTheWay | null;
      readonly entries: number;
    }
  | { readonly type: 'task-done'; readonly task: number; readonly result: unknown }
  | { readonly type: 'task-failed'; readonly task: number; readonly error: ErrorOnTheWay };

/** Work on the vault outside a session; it blocks, so it runs in a worker too. */
export type VaultTask =
  | { readonly kind: 'recover' }
  | { readonly kind: 'probe' }
  /** The first page of the receipts since then, null being ever; `reader` names the reading for the next pages. */
  | { readonly kind: 'receipts'; readonly reader: number; readonly since: Date | null }
  | { readonly kind: 'more-receipts'; readonly reader: number }
  | {
      readonly kind: 'remove';
      readonly place: PlanPlace;
      readonly snapshots: readonly string[];
      readonly keepOnlyCopies: boolean;
    }
  | {
      readonly kind: 'cut';
      readonly place: PlanPlace;
      readonly snapshots: readonly string[] | null;
      readonly limits: PartLimits;
    }
  /** The first step; `reader` names the verification for the next ones. */
  | {
      readonly kind: 'verify';
      readonly reader: number;
      readonly place: PlanPlace;
      readonly snapshots: readonly string[];
      readonly from: Uint8Array | null;
      readonly to: Uint8Array | null;
      /** A step ends when so much was read, or after a tenth of a second. */
      readonly stepBytes: number;
    }
  | { readonly kind: 'more-verify'; readonly reader: number }
  | { readonly kind: 'stop-verify'; readonly reader: number };

export interface VaultTaskResults {
  recover: RecoveryReport;
  probe: { readonly freeBytes: number; readonly totalBytes: number };
  receipts: ReceiptPage;
  'more-receipts': ReceiptPage;
  remove: RemovalReport;
  cut: VerificationCut;
  verify: VerifyStep;
  'more-verify': VerifyStep;
  'stop-verify': void;
}

/** How large a part of a verification should be, and how fast it is read. */
export interface PartLimits {
  readonly partBytes: number;
  readonly bytesPerSecond: number | null;
}

/** Which snapshots are verified, and at which paths the parts begin, except for the first. */
export interface VerificationCut {
  readonly snapshots: readonly string[];
  readonly cuts: readonly Uint8Array[];
}

/** How far a verification has come; the report at its end. */
export interface VerifyStep extends VerifyProgress {
  readonly report: VerifyReport | null;
}

export interface ReceiptPage {
  readonly receipts: PlacedReceipt[];
  readonly last: boolean;
}

/** A SessionError as plain data: classes do not survive the way between threads. */
export interface ErrorOnTheWay {
  readonly code: SessionErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** Frames of a reading session from this length on have memory of their own, which is moved instead of copied. */
export const MOVED_FRAME_BYTES = 64 * 1024;

/** A receive buffer with a worker: the number of a shared one, or one that is moved there and back. */
export type LentBuffer = number | ArrayBuffer;

/** What a worker is started with. */
export interface WorkerSettings {
  /** See `sharedBuffers`. */
  readonly shared: SharedArrayBuffer;
  readonly targetDir: string;
  readonly vaultName: string;
}
