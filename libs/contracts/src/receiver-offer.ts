import { z } from 'zod';

/** A receiver to dial. */
export const ReceiverOffer = z.object({
  receiverId: z.string(),
  host: z.string(),
  port: z.int().min(1).max(65535),
});
export type ReceiverOffer = z.infer<typeof ReceiverOffer>;
