import { z } from 'zod';
import { PageQuery } from './http.js';

/**
 * The audit log: every change, every restore or download, and refused attempts that matter. Each entry's hash covers
 * the entry and the hash before it, so that nothing can be changed or taken out without a trace.
 */

/** `previousHash` of the first entry. */
export const FIRST_PREVIOUS_HASH = '0'.repeat(64);

const Digest = z.string().regex(/^[0-9a-f]{64}$/);

export const AuditEntry = z
  .object({
    /** 1, 2, 3 … without a gap. */
    sequence: z.int(),
    at: z.iso.datetime(),
    /** A user's name, or who else acted: `token <id>`, `API_TOKEN`, `this machine`, `scheduler`, `unknown`. */
    actor: z.string(),
    /** How: `session`, `token <id>`, `API_TOKEN`, `this machine`, `password`, `scheduler`. */
    via: z.string(),
    /** Where from; null within the installation. */
    address: z.string().nullable(),
    /** Such as `plan.change`; those that were refused begin with `refused.`. */
    action: z.string(),
    /** Such as `plan/<id>`; null where there is none. */
    object: z.string().nullable(),
    /** What else is worth knowing. Never a secret. */
    detail: z.record(z.string(), z.unknown()),
    previousHash: Digest,
    /** SHA-256, in hexadecimal digits, of the canonical JSON of all other fields. */
    hash: Digest,
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditQuery = PageQuery.extend({
  actor: z.string().max(200).optional(),
  /** Exact, or the beginning up to a dot: `plan` finds `plan.change`. */
  action: z.string().max(100).optional(),
  object: z.string().max(300).optional(),
  /** `at` at or after / before. */
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

/** A place in the chain, as the API's log names it now and then: `<sequence>:<hash>`. */
export const AuditHead = z.object({ sequence: z.int().min(0), hash: Digest }).meta({ id: 'AuditHead' });
export type AuditHead = z.infer<typeof AuditHead>;

export const AuditVerifyQuery = z.object({
  /** A head noted earlier: it must still be in the chain, or entries were cut off. */
  head: z
    .string()
    .regex(/^\d{1,15}:[0-9a-f]{64}$/, 'must be a sequence number, ":" and the 64 digits of a hash')
    .optional(),
});

export const AuditVerification = z
  .object({
    intact: z.boolean(),
    /** Checked, from the first on. */
    entries: z.int(),
    /** The newest entry that was checked. */
    head: AuditHead,
    /** Null if it is intact. */
    firstBroken: z.object({ sequence: z.int(), reason: z.string() }).nullable(),
  })
  .meta({ id: 'AuditVerification' });
export type AuditVerification = z.infer<typeof AuditVerification>;
