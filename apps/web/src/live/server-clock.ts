/** How far the server's clock is ahead of this machine's: ages are told by the clock that made them. */
let aheadMs = 0;

export function setServerTime(at: string): void {
  const server = Date.parse(at);
  // A difference of a second is the network.
  if (!Number.isNaN(server)) aheadMs = Math.abs(server - Date.now()) < 1500 ? 0 : server - Date.now();
}

export function serverNow(): Date {
  return new Date(Date.now() + aheadMs);
}
