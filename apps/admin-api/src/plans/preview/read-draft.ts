import {
  PlanInput,
  PlanPatch,
  PlanRequest,
  backupDirFits,
  backupDirNeeded,
  destinationNeeded,
  type ReceiverAddress,
} from '@periodic-backup/contracts';
import { fieldErrorOf } from '../../http/field-error.js';
import type { FieldError } from '../../http/problem.js';

/** A plan as far as a form is filled in. */
export interface Draft {
  /** Fields that fit, with their defaults; of a saved plan those it has where nothing else is wanted. */
  readonly values: Partial<PlanInput>;
  /** Where to, if not by the vault. */
  readonly receiver: ReceiverAddress | null;
  /** What the schema would refuse, each at its field. */
  readonly errors: FieldError[];
  readonly missing: string[];
}

type Fields = Readonly<Record<string, unknown>>;
const KEYS = Object.keys(PlanInput.shape) as (keyof typeof PlanInput.shape)[];

/** Reads a new plan, or with `current` changes of a saved one. Never throws. */
export function readDraft(fields: Fields, current: PlanInput | null): Draft {
  const named = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const merged: Fields = { ...current, ...named };
  const values = fittingValues(merged);
  const receiver = PlanRequest.shape.receiver.safeParse(merged['receiver']).data ?? null;
  const errors = current ? errorsOfChange(named, merged) : errorsOfNew(named, values);
  return {
    ...{ values, receiver, errors },
    missing: errors.filter(({ path, message }) => isMissing(path, message, merged)).map(({ path }) => path),
  };
}

function errorsOfNew(named: Fields, values: Partial<PlanInput>): FieldError[] {
  const errors = issuesOf(PlanRequest.safeParse(named));
  const add = ({ path, message }: { path: string[]; message: string }): void => {
    if (!errors.some((error) => error.path === path.join('.')))
      errors.push({ path: path.join('.'), message });
  };
  // The schema says these only once all else fits; who fills in a form wants to know now.
  if (!backupDirFits(values)) add(backupDirNeeded);
  if (named['vaultId'] === undefined && named['receiver'] === undefined) add(destinationNeeded);
  return errors;
}

function errorsOfChange(named: Fields, merged: Fields): FieldError[] {
  const errors = issuesOf(PlanPatch.safeParse(named));
  return errors.length > 0 ? errors : issuesOf(PlanInput.safeParse(merged));
}

function issuesOf(
  parsed: ReturnType<typeof PlanRequest.safeParse | typeof PlanPatch.safeParse>,
): FieldError[] {
  return parsed.error?.issues.map(({ path, message }) => fieldErrorOf(path, message)) ?? [];
}

function fittingValues(merged: Fields): Partial<PlanInput> {
  return Object.fromEntries(
    KEYS.flatMap((key) => {
      const parsed = PlanInput.shape[key].safeParse(merged[key]);
      return parsed.success && parsed.data !== undefined ? [[key, parsed.data]] : [];
    }),
  );
}

/** Not filled in, rather than filled in wrongly: an empty text box counts as such. */
function isMissing(path: string, message: string, merged: Fields): boolean {
  if (path === '' || path.includes('.')) return false;
  const value = merged[path];
  return message.startsWith('is missing') || value === undefined || value === null || value === '';
}
