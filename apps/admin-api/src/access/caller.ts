import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { rightsOf, type GrantedRight, type Me, type Right, type Role } from '@periodic-backup/contracts';
import { ProblemError } from '../http/problem.js';

/** Who asks, and what they may do. */
export interface Caller {
  /** As the audit log names them, and how they came. */
  readonly actor: string;
  readonly via: string;
  readonly address: string;
  readonly user: { readonly id: string; readonly name: string } | null;
  readonly role: Role;
  readonly rights: ReadonlySet<Right>;
  /** Null: all. */
  readonly planIds: ReadonlySet<string> | null;
  readonly loginNeeded: boolean;
  /** Of a browser. */
  readonly sessionHash: string | null;
  /** Of a program; not of one with a token from the configuration. */
  readonly tokenId: string | null;
}

/** The caller of a request that the gate has let in. */
export const AskedBy = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<{ caller?: Caller | null }>();
  if (!caller) throw new Error('A route that is open to everybody asks for its caller.');
  return caller;
});

/** Leaves out the plans that the caller may not see. */
export function onlySeen({ planIds }: Caller, asked: readonly string[]): readonly string[] {
  return planIds ? asked.filter((id) => planIds.has(id)) : asked;
}

/** Something needs a right that the caller lacks. */
export class MissingRightError extends ProblemError {
  constructor(
    readonly right: Right,
    what = 'This',
  ) {
    super(
      403,
      `${what} needs the right "${right}", which you do not have. An admin can grant it: ${REMEDIES[right]}.`,
    );
  }
}
const REMEDIES: Readonly<Record<Right, string>> = {
  read: 'with any role',
  operate: 'with the role operator or admin',
  administer: 'with the role admin',
  restore: 'whatever the role',
  delete: 'whatever the role',
};

/** For what does not follow from the route alone. @throws MissingRightError */
export function needRight(caller: Caller, right: Right, what: string): void {
  if (!caller.rights.has(right)) throw new MissingRightError(right, what);
}

/** Nobody hands out, or takes over, rights that they do not have themselves. @throws MissingRightError */
export function needAllOf(caller: Caller, role: Role, granted: readonly GrantedRight[], what: string): void {
  for (const right of rightsOf(role, granted)) needRight(caller, right, what);
}

export function toMe({ user, role, rights, planIds, loginNeeded }: Caller): Me {
  return { user, role, rights: [...rights], planIds: planIds && [...planIds], loginNeeded };
}
