import { useEffect, useState } from 'react';

const PAUSE_MS = 250;

/**
 * Text that is being typed, and follows the address again when that changes by other means. `onSettled` is called a moment
 * after the last letter: an address for each letter would fill the browser's history and ask the API at each.
 */
export function useTypedSearch(
  inAddress: string | undefined,
  onSettled: (text: string | undefined) => void,
): [text: string, type: (text: string) => void] {
  const [text, setText] = useState(inAddress ?? '');
  const [followed, setFollowed] = useState(inAddress);
  if (followed !== inAddress) {
    setFollowed(inAddress);
    if (text.trim() !== (inAddress ?? '')) setText(inAddress ?? '');
  }
  useEffect(() => {
    const wanted = text.trim() === '' ? undefined : text.trim();
    if (wanted === inAddress) return;
    const timer = setTimeout(() => onSettled(wanted), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, inAddress, onSettled]);
  return [text, setText];
}
