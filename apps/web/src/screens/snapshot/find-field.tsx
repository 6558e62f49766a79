import { useEffect, useRef, useState } from 'react';
import { SearchField } from '../../design/field/search-field.js';

const TYPING_MS = 350;

/** Searches names in all snapshots of the plan, once one has stopped typing. */
export function FindField({
  find,
  onFind,
}: {
  readonly find: string | undefined;
  readonly onFind: (find: string | undefined) => void;
}) {
  const [text, setText] = useState(find ?? '');
  const [told, setTold] = useState(find);
  if (told !== find) {
    // Another address was gone to: the field follows.
    setTold(find);
    if (find !== (text.trim() || undefined)) setText(find ?? '');
  }
  const tell = useRef(onFind);
  useEffect(() => {
    tell.current = onFind;
  });
  useEffect(() => {
    const wanted = text.trim() || undefined;
    if (wanted === find) return;
    const timer = setTimeout(() => tell.current(wanted), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, find]);
  return (
    <SearchField
      label="Find a name in all snapshots"
      placeholder="Find in all snapshots"
      value={text}
      onChange={setText}
    />
  );
}
