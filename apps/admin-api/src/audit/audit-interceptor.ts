import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { catchError, mergeMap, type Observable } from 'rxjs';
import { MissingRightError, type Caller } from '../access/caller.js';
import { Gate } from '../access/gate.js';
import type { ArrivedRequest } from '../http/arrived-request.js';
import { AuditLog, type Deed } from './audit-log.js';
import { AUDITED, type AuditRule } from './audited-routes.js';

interface AnsweredRequest extends ArrivedRequest {
  readonly caller?: Caller | null;
  readonly body?: unknown;
}

/** By the router's spelling. */
const RULES: ReadonlyMap<string, AuditRule> = new Map(
  Object.entries(AUDITED).flatMap(([name, rule]): [string, AuditRule][] =>
    rule === null || rule === 'by itself'
      ? []
      : [[name.replace(' ', ' /api/v1').replaceAll(/\{(\w+)\}/g, ':$1'), rule]],
  ),
);

/**
 * Enters every change into the audit log when it is done and before its answer goes out; also those that were refused
 * because of what the request says, not of its route.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly audit: AuditLog,
    private readonly gate: Gate,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<AnsweredRequest>();
    const rule = RULES.get(`${request.method} ${request.routeOptions.url ?? ''}`);
    const { caller } = request;
    if (!caller || request.method === 'GET') return next.handle();
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        if (rule) await this.audit.append(caller, deedOf(rule, request, caller, answer));
        return answer;
      }),
      catchError(async (error: unknown) => {
        if (error instanceof MissingRightError) await this.gate.note(caller, request, error);
        throw error;
      }),
    );
  }
}

function deedOf(rule: AuditRule, request: AnsweredRequest, caller: Caller, answer: unknown): Deed {
  const { name, planName, runId, id, receiverId } = (answer ?? {}) as Record<string, unknown>;
  const ids = {
    parameter: (request.params as { id?: unknown }).id,
    answer: id ?? receiverId,
    caller: caller.user?.id,
  };
  const asked = Object.entries((request.body ?? {}) as Record<string, unknown>).map(([field, value]) => [
    field,
    rule.secretFields.includes(field) ? 'not shown' : value,
  ]);
  const called = name ?? planName;
  return {
    action: rule.action,
    object: `${rule.object.kind}/${String(ids[rule.object.id])}`,
    detail: {
      ...(asked.length > 0 ? { request: Object.fromEntries(asked) as unknown } : {}),
      ...(typeof called === 'string' ? { name: called } : {}),
      ...(typeof runId === 'string' ? { runId } : {}),
    },
  };
}
