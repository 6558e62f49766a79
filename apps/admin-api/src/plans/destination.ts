import { isIP } from 'node:net';
import type { ReceiverAddress, ReceiverPresence } from '@periodic-backup/contracts';
import { isLoopback } from '../config.js';
import type { Announced } from '../connections/presence.js';
import type { FieldError } from '../http/problem.js';

/** The vault that the receiver at an address serves, or why none can be told. Those that are away count if none is there. */
export function vaultAt(
  address: ReceiverAddress,
  receivers: readonly Announced<ReceiverPresence>[],
): { readonly vaultId: string } | { readonly problem: FieldError } {
  const fitting = receivers.filter(({ presence }) => isAt(presence, address));
  const online = fitting.filter((one) => one.online);
  const vaultIds = new Set((online.length > 0 ? online : fitting).map(({ presence }) => presence.vaultId));
  const [vaultId, another] = vaultIds;
  if (vaultId !== undefined && another === undefined) return { vaultId };
  const shown = `${address.host}:${address.port}`;
  return {
    problem: {
      path: 'receiver',
      message:
        vaultId === undefined
          ? `no receiver announces ${shown}. ${knownOnes(receivers)}`
          : `${shown} is announced by receivers of several vaults: name the vault instead.`,
    },
  };
}

function isAt(receiver: ReceiverPresence, { host, port }: ReceiverAddress): boolean {
  return receiver.port === port && (sameHost(receiver.host, host) || (isThis(receiver.host) && isThis(host)));
}

/** Every spelling of this machine is one; a name that resolves to it is not looked up. */
function isThis(host: string): boolean {
  return host.toLowerCase() === 'localhost' || (isIP(bare(host)) > 0 && isLoopback(bare(host)));
}

function sameHost(a: string, b: string): boolean {
  return bare(a).toLowerCase() === bare(b).toLowerCase();
}

/** An IPv6 address may come in brackets. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

function knownOnes(receivers: readonly Announced<ReceiverPresence>[]): string {
  if (receivers.length === 0) return 'None has ever announced itself: start one first.';
  const shown = receivers
    .slice(0, 10)
    .map(
      ({ presence: { host, port, vaultName }, online }) =>
        `${host}:${port} (${vaultName}${online ? '' : ', away'})`,
    );
  return `Known are ${shown.join(', ')}${receivers.length > shown.length ? ', …' : ''}.`;
}
