/** A timestamp of a hand-written query: pg hands out a Date or, under drizzle, PostgreSQL's text. */
export function instantOf(value: string | Date | null): Date | null {
  return value === null ? null : new Date(value);
}
