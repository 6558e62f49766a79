import { X } from 'lucide-react';
import { useId, useState } from 'react';
import { Button } from '../../design/button/button.js';
import { FieldWarning } from '../../design/field/field-warning.js';
import { Spinner } from '../../design/feedback/spinner.js';
import { countOf, formatBytes } from '../../format/sizes.js';
import { SampleList } from './sample-list.js';
import type { EstimateState } from './use-estimate.js';
import field from '../../design/field/field.module.css';
import styles from './excludes.module.css';

export interface ExcludeRowProps {
  readonly number: number;
  readonly rule: string;
  /** Among the rules that are sent; -1: it is empty. */
  readonly index: number;
  readonly estimate: EstimateState;
  readonly error: string | undefined;
  readonly warning: string | undefined;
  readonly onChange: (text: string) => void;
  readonly onRemove: () => void;
  /** Enter: another one below. */
  readonly onNext: () => void;
}

/** A rule, and what it left out when the source was counted last. */
export function ExcludeRow(props: ExcludeRowProps) {
  const { number, rule, index, estimate, error, warning, onChange, onRemove, onNext } = props;
  const [open, setOpen] = useState(false);
  const id = useId();
  const matched = estimate.estimate?.excluded.rules[index];
  const known = matched?.rule === rule ? matched : undefined;
  const note = error ?? warning;

  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter') {
      event.preventDefault();
      onNext();
    } else if (event.key === 'Backspace' && rule === '') {
      event.preventDefault();
      onRemove();
    }
  };
  const onPaste = (event: React.ClipboardEvent): void => {
    const text = event.clipboardData.getData('text');
    // An input would join the lines.
    if (!text.includes('\n')) return;
    event.preventDefault();
    onChange(rule + text);
  };

  const result = (): React.ReactNode => {
    if (index < 0) return null;
    if (!known) return estimate.counting ? <Spinner size={14} /> : null;
    if (known.paths === 0)
      return (
        <span className={styles.nothing}>{rule.startsWith('!') ? 'changes nothing' : 'matches nothing'}</span>
      );
    const words = `${countOf(known.files, 'file')}, ${formatBytes(known.bytes)}`;
    return (
      <button
        type="button"
        className={styles.matched}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        aria-label={`${words}, left out by ${rule}: show some`}
      >
        {words}
      </button>
    );
  };
  return (
    <div className={styles.row}>
      <div className={styles.line}>
        <input
          className={`${field.input} ${field.mono} ${styles.rule}`}
          aria-label={`Rule ${number}`}
          aria-invalid={error !== undefined || undefined}
          aria-describedby={note ? id : undefined}
          value={rule}
          spellCheck={false}
          autoComplete="off"
          placeholder="*.log"
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <span className={styles.result}>{result()}</span>
        <Button kind="quiet" size="small" icon={X} aria-label={`Remove rule ${number}`} onPress={onRemove} />
      </div>
      {note && (
        <p id={id} className={error ? field.error : styles.note}>
          {error ?? <FieldWarning>{warning}</FieldWarning>}
        </p>
      )}
      {open && known && known.paths > 0 && (
        <SampleList label={`Left out by ${rule}`} samples={known.samples} of={known.paths} />
      )}
    </div>
  );
}
