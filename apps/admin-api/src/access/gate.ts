import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.js';
import { isConsole } from '../console/console-routes.js';
import { isForeignPage, isOwnPage } from '../http/access-rules.js';
import { isSafe, originOf, type ArrivedRequest } from '../http/arrived-request.js';
import { ProblemError } from '../http/problem.js';
import { MissingRightError, type Caller } from './caller.js';
import { CallerIdentifier } from './identify-caller.js';
import { PlanLimits } from './plan-limits.js';
import { ruleOf, type RouteRule } from './route-rules.js';

const UNKNOWN_ROUTE: RouteRule = { right: 'caller', plans: 'no' };

/** Says of every request, by the route it was matched to, whether it may go on. */
@Injectable()
export class Gate {
  constructor(
    private readonly identifier: CallerIdentifier,
    private readonly limits: PlanLimits,
    private readonly audit: AuditLog,
  ) {}

  /** The caller; null where everybody may and nobody is asked. @throws ProblemError 401, 403 */
  async admit(request: ArrivedRequest): Promise<Caller | null> {
    if (isConsole(request)) return this.#admitAnybody(request);
    const { url, config } = request.routeOptions;
    // No route: somebody who is known may hear that, others hear nothing of what there is.
    const isNone = url === undefined || config.console !== undefined;
    const rule = isNone ? UNKNOWN_ROUTE : ruleOf(request.method, url);
    if (rule === null)
      throw new ProblemError(403, 'This address says nothing of who may use it: nobody may.');
    if (rule.right === 'everybody') return this.#admitAnybody(request);
    const caller = await this.identifier.identify(request);
    if (caller.sessionHash !== null && !isSafe(request) && !isOwnPage(originOf(request)))
      throw foreign(request);
    await this.#judge(caller, rule, request);
    return caller;
  }

  async #admitAnybody(request: ArrivedRequest): Promise<null> {
    await this.identifier.refuseStrangers(request);
    if (!isSafe(request) && isForeignPage(originOf(request))) throw foreign(request);
    return null;
  }

  async #judge(caller: Caller, { right, plans }: RouteRule, request: ArrivedRequest): Promise<void> {
    try {
      if (right !== 'caller' && right !== 'everybody' && !caller.rights.has(right))
        throw new MissingRightError(right);
      await this.limits.check(caller, plans, request);
    } catch (error) {
      if (error instanceof ProblemError && error.status === 403) await this.note(caller, request, error);
      throw error;
    }
  }

  /** Enters a refusal into the audit log. */
  async note(
    caller: Caller,
    { method, routeOptions, params }: ArrivedRequest,
    error: ProblemError,
  ): Promise<void> {
    const right = error instanceof MissingRightError ? error.right : null;
    await this.audit.refused(caller, {
      action: 'right',
      object: `${method} ${routeOptions.url ?? ''}`,
      detail: { right, params, reason: error.message },
    });
  }
}

function foreign(request: ArrivedRequest): ProblemError {
  const { origin } = request.headers;
  return new ProblemError(
    403,
    origin === undefined
      ? 'A session may only be used by pages of this API: programs send a token instead (pbk tokens create).'
      : `Pages of "${origin}" may not use a session of this API.`,
  );
}
