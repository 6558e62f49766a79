import { useController, type Control, type FieldValues, type Path, type PathValue } from 'react-hook-form';
import { sentence } from './place-problems.js';

export interface FormField<T extends FieldValues, N extends Path<T>> {
  readonly value: PathValue<T, N>;
  readonly onChange: (value: PathValue<T, N>) => void;
  readonly onBlur: () => void;
  readonly name: N;
  readonly error: string | undefined;
}

/** A field of a form, for any control: `<TextField label="…" {...useField(form.control, 'name')} />`. */
export function useField<T extends FieldValues, N extends Path<T>, Output = T>(
  control: Control<T, unknown, Output>,
  name: N,
): FormField<T, N> {
  const { field, fieldState } = useController<T, N, Output>({ control, name });
  const message = fieldState.error?.message;
  return {
    value: field.value,
    onChange: field.onChange,
    onBlur: field.onBlur,
    name,
    error: message === undefined ? undefined : sentence(message),
  };
}
