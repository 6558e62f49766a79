import { RelativeTime } from './relative-time.js';

/** As the API and its alerts write instants: `2026-11-28T09:00:00Z`, `2026-11-28 09:00 UTC`. */
const INSTANT = /(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?(?:Z| UTC)/;

/** A sentence of the API; instants in it are told in the viewer's zone. */
export function Sentence({ text }: { readonly text: string }) {
  const match = INSTANT.exec(text);
  if (!match) return <>{text}</>;
  const [whole, day, clock, seconds = ':00'] = match;
  return (
    <>
      {text.slice(0, match.index)}
      <RelativeTime at={`${day}T${clock}${seconds}Z`} show="clock" inRow />
      <Sentence text={text.slice(match.index + whole.length)} />
    </>
  );
}
