import { schemaResolver } from './schema-resolver.js';
import { ApiError } from '@periodic-backup/api-client/http';
import { useState } from 'react';
import {
  useForm,
  type DefaultValues,
  type FieldValues,
  type Path,
  type UseFormReturn,
} from 'react-hook-form';
import type { z } from 'zod';
import { sentenceFor } from '../api/problems.js';
import { placeProblems } from './place-problems.js';

export interface ApiFormOptions<Input extends FieldValues, Output> {
  /** The shape that the API itself checks: what it would refuse is said while one types. */
  readonly schema: z.ZodType<Output, Input>;
  readonly defaults: DefaultValues<Input>;
  /** Fields that stand in the form, by path: problems of others are told above it. */
  readonly fields: readonly Path<Input>[];
  /** Sends it. What the API refuses is placed at its fields. */
  readonly submit: (value: Output) => Promise<void>;
}

export interface ApiForm<Input extends FieldValues, Output> {
  readonly form: UseFormReturn<Input, unknown, Output>;
  readonly onSubmit: (event?: React.BaseSyntheticEvent) => void;
  /** What no field can say; null: nothing. */
  readonly problem: string | null;
  readonly pending: boolean;
}

/** A form that is checked by the API's own shape here, and by the API itself there. */
export function useApiForm<Input extends FieldValues, Output>(
  options: ApiFormOptions<Input, Output>,
): ApiForm<Input, Output> {
  const { schema, defaults, fields, submit } = options;
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm<Input, unknown, Output>({
    resolver: schemaResolver(schema),
    defaultValues: defaults,
    mode: 'onTouched',
  });
  const send = form.handleSubmit(async (value) => {
    setProblem(null);
    try {
      await submit(value);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.problem) return setProblem(sentenceFor(error));
      const { atFields, above } = placeProblems(error.problem, fields);
      atFields.forEach(({ name, message }, index) =>
        form.setError(name as Path<Input>, { message }, { shouldFocus: index === 0 }),
      );
      setProblem(above);
    }
  });
  return {
    form,
    onSubmit: (event) => void send(event),
    problem,
    pending: form.formState.isSubmitting,
  };
}
