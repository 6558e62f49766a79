import { z } from 'zod';
import { RunEvent } from './queues.js';

/** Who signed: an agent shows the certificate of its key, a receiver names the vault whose key it has. */
export const ReportSigner = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('agent'),
    /** DER. */
    certificate: z.base64().max(8192),
  }),
  z.object({ kind: z.literal('vault'), vaultId: z.uuid() }),
]);
export type ReportSigner = z.infer<typeof ReportSigner>;

/**
 * What travels on `run-events`. Whoever can write to Redis can put anything there: only what the key of the agent or of
 * the vault it speaks for has signed is heard.
 */
export const SignedReport = z.object({
  report: RunEvent,
  by: ReportSigner,
  /** `proveKey`, purpose `report`, over the report as it stands here. */
  signature: z.string().max(200),
});
export type SignedReport = z.infer<typeof SignedReport>;
