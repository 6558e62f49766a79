import { z } from 'zod';
import { ReceiverSettings } from './presence.js';

/** `GET /api/v1/surroundings`: what this installation is and can do. */
export const Surroundings = z
  .object({
    version: z.string(),
    /** Started by `npm start`: everything is on one machine. */
    launcher: z.boolean(),
    /** `POST /api/v1/receivers` works; else the sentence that says how to start one. */
    canStartReceivers: z.boolean(),
    howToStartReceivers: z.string(),
    /** Machines can be looked at through their agents, and snapshots be browsed: this API has the key to sign. */
    canLook: z.boolean(),
    /** Of a launcher: its own agent, receiver and a port that is likely free; null elsewhere. */
    here: z
      .object({
        agentId: z.string(),
        receiverId: z.string(),
        dataDir: z.string(),
        targetDir: z.string(),
        nextReceiverPort: z.int(),
      })
      .nullable(),
    now: z.iso.datetime(),
    timezone: z.string(),
  })
  .meta({ id: 'Surroundings' });
export type Surroundings = z.infer<typeof Surroundings>;

/** `POST /api/v1/receivers`: another receiver on this machine. Problems come at these fields (422). */
export const ReceiverStart = z
  .object({
    host: z.string().min(1, 'must name an address of this machine').max(253).default('127.0.0.1'),
    port: z.int('must be a port number').min(1, 'must be at least 1').max(65535, 'must be at most 65535'),
    targetDir: z
      .string()
      .max(4096)
      .startsWith('/', 'must be an absolute path, such as /srv/backups')
      .refine((path) => !path.includes('\0'), 'must not hold NUL'),
    maxClients: ReceiverSettings.shape.maxClients.unwrap().default(10),
  })
  .strict()
  .meta({ id: 'ReceiverStart' });
export type ReceiverStart = z.infer<typeof ReceiverStart>;

/** `DELETE /api/v1/receivers/{id}`: it was drained, ended and is not started again; its vault stays. */
export const ReceiverStopped = z
  .object({
    receiverId: z.string(),
    vaultId: z.uuid().nullable(),
    targetDir: z.string(),
    sentence: z.string(),
  })
  .meta({ id: 'ReceiverStopped' });
export type ReceiverStopped = z.infer<typeof ReceiverStopped>;
