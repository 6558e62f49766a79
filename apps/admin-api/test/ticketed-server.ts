import type { KeyObject } from 'node:crypto';
import { openTicket, type ReadClaims } from '@periodic-backup/contracts';
import type { SnapshotSource } from '@periodic-backup/protocol';
import { ReadingServer } from '@periodic-backup/testing';

/** A receiver that serves whoever brings a ticket to read, signed with the key. `claims`: those of every ticket that passed. */
export async function ticketedServer(
  source: SnapshotSource,
  ticketKey: () => KeyObject,
): Promise<{ receiver: ReadingServer; claims: ReadClaims[] }> {
  const receiver = await ReadingServer.open(source);
  const claims: ReadClaims[] = [];
  receiver.checkTicket = (ticket) => void claims.push(openTicket(ticket, ticketKey(), 'read'));
  return { receiver, claims };
}
