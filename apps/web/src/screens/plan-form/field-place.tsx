/** Where a field of the form stands: problems told elsewhere lead here. */
export function FieldPlace({ of, children }: { readonly of: string; readonly children: React.ReactNode }) {
  return <div data-field={of}>{children}</div>;
}
