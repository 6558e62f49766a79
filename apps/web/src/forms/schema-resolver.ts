import { set, type FieldError, type FieldErrors, type FieldValues, type Resolver } from 'react-hook-form';
import type { z } from 'zod';

/** Checks a form by a shape of the API; each problem stands at its field, the first of a field counts. */
export function schemaResolver<Input extends FieldValues, Output>(
  schema: z.ZodType<Output, Input>,
): Resolver<Input, unknown, Output> {
  return async (values) => {
    const result = await schema.safeParseAsync(values);
    if (result.success) return { values: result.data, errors: {} };
    const errors: FieldErrors<Input> = {};
    const told = new Set<string>();
    for (const { path, message, code } of result.error.issues) {
      const name = path.join('.') || 'root';
      if (told.has(name)) continue;
      told.add(name);
      set(errors, name, { type: code, message } satisfies FieldError);
    }
    return { values: {}, errors };
  };
}
