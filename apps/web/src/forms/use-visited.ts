import { useEffect, useRef, useState } from 'react';

export interface Visited {
  readonly fields: ReadonlySet<string>;
  /** A field was left. */
  readonly leave: (field: string) => void;
}

/**
 * Fields that somebody was in and left again. While the pointer is down it waits: a message that appears then would push what
 * is being pressed from under it, and the press would be lost.
 */
export function useVisited(): Visited {
  const [fields, setFields] = useState<ReadonlySet<string>>(new Set());
  const pressing = useRef(false);
  const left = useRef<string[]>([]);
  useEffect(() => {
    const down = (): void => void (pressing.current = true);
    const up = (): void => {
      pressing.current = false;
      // After the press itself.
      setTimeout(() => {
        const names = left.current.splice(0);
        if (names.length > 0) setFields((before) => new Set([...before, ...names]));
      });
    };
    window.addEventListener('pointerdown', down, true);
    window.addEventListener('pointerup', up, true);
    window.addEventListener('pointercancel', up, true);
    return () => {
      window.removeEventListener('pointerdown', down, true);
      window.removeEventListener('pointerup', up, true);
      window.removeEventListener('pointercancel', up, true);
    };
  }, []);
  return {
    fields,
    leave: (field) => {
      if (pressing.current) left.current.push(field);
      else setFields((before) => (before.has(field) ? before : new Set([...before, field])));
    },
  };
}
