import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { showToast } from '../toast/toasts.js';
import { Button } from '../button/button.js';
import styles from './copyable.module.css';

const SAID_MS = 2000;

/** A command or text to take along, with a button that copies it. */
export function Copyable({ text, label }: { readonly text: string; readonly label: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (): void => {
    copyText(text).then(
      () => setCopied(true),
      () =>
        showToast({
          tone: 'warn',
          title: 'The browser does not let this page copy',
          detail:
            'Select the text and copy it by hand: without HTTPS browsers keep the clipboard to themselves.',
        }),
    );
  };
  return (
    <div className={styles.copyable}>
      <pre className={styles.text} tabIndex={0} aria-label={label}>
        <code>{text}</code>
      </pre>
      <Button
        kind="quiet"
        size="small"
        icon={copied ? Check : Copy}
        aria-label={copied ? 'Copied' : `Copy ${label}`}
        onPress={copy}
      />
    </div>
  );
}

async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
