import { z } from 'zod';

/** A receiver to dial. */
export const ReceiverOffer = z.object({
  receiverId: z.string(),
  host: z.string(),
  port: z.int().min(1).max(65535),
  /** It takes TLS only. Left out: plain, which clients accept on loopback alone. */
  tls: z.boolean().optional(),
});
export type ReceiverOffer = z.infer<typeof ReceiverOffer>;

/** What a client needs of a receiver's heartbeat to dial it. */
export function offerOf({
  receiverId,
  host,
  port,
  tls,
}: Pick<ReceiverOffer, 'receiverId' | 'host' | 'port' | 'tls'>): ReceiverOffer {
  return { receiverId, host, port, ...(tls ? { tls } : {}) };
}
