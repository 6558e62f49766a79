import type { Right } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { mayDo, sessionQuery } from './session.js';

/** Whether who looks at the console may do what needs this right; yes until it is known. */
export function useMay(right: Right): boolean {
  const { data } = useQuery(sessionQuery);
  return data === undefined || mayDo(data, right);
}
