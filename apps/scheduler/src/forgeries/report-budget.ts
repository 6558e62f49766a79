/** Far above what an agent with 64 runs at a time has to say. */
const PER_SECOND = 100;
const AT_ONCE = 2_000;
const REMEMBERED = 50_000;

/** How many reports of one member are looked at: a stolen agent must not keep others from being heard. */
export class ReportBudget {
  readonly #accounts = new Map<string, { left: number; at: number; told: boolean }>();

  constructor(private readonly limits = { perSecond: PER_SECOND, atOnce: AT_ONCE }) {}

  spend(member: string, nowMs = performance.now()): 'ok' | 'first too many' | 'too many' {
    const { perSecond, atOnce } = this.limits;
    const account = this.#accounts.get(member) ?? { left: atOnce, at: nowMs, told: false };
    account.left = Math.min(atOnce, account.left + ((nowMs - account.at) * perSecond) / 1000);
    account.at = nowMs;
    this.#accounts.delete(member);
    this.#accounts.set(member, account);
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size > REMEMBERED && oldest !== undefined) this.#accounts.delete(oldest);
    if (account.left < 1) {
      const isFirst = !account.told;
      account.told = true;
      return isFirst ? 'first too many' : 'too many';
    }
    account.left--;
    if (account.left > atOnce / 2) account.told = false;
    return 'ok';
  }
}
