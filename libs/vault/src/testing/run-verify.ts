import type { PlanPlace, Vault, VerifyReport, VerifyRequest } from '../vault.js';

/** Runs a verification to its end; whole snapshots unless told. */
export function runVerify(
  vault: Vault,
  place: PlanPlace,
  snapshots: readonly string[],
  range: Partial<VerifyRequest> = {},
): VerifyReport {
  const verification = vault.verify(place, { snapshots, from: null, to: null, ...range });
  for (;;) {
    const next = verification.next();
    if (next.done) return next.value;
  }
}
