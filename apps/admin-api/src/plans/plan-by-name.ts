import { PlanRequest, type PlanByName } from '@periodic-backup/contracts';
import type { z } from 'zod';
import { fieldErrorOf } from '../http/field-error.js';
import { ProblemError } from '../http/problem.js';

/** The whole plan. @throws ProblemError 400 if body and address disagree or the plan does not fit */
export function planNamed(agentId: string, name: string, body: z.infer<typeof PlanByName>): PlanRequest {
  const errors = [
    ...(body.name === undefined || body.name === name
      ? []
      : [{ path: 'name', message: 'is not that of the address' }]),
    ...(body.agentId === undefined || body.agentId === agentId
      ? []
      : [{ path: 'agentId', message: 'is not that of the address' }]),
  ];
  const parsed = PlanRequest.safeParse({ ...body, agentId, name });
  if (!parsed.success)
    errors.push(...parsed.error.issues.map(({ path, message }) => fieldErrorOf(path, message)));
  if (errors.length > 0) throw new ProblemError(400, 'The request does not fit: see errors.', { errors });
  return parsed.data!;
}
