import { Focusable } from 'react-aria-components/Focusable';
import { Tooltip, TooltipTrigger } from 'react-aria-components/Tooltip';
import styles from './hint.module.css';

export interface HintProps {
  readonly hint: React.ReactNode;
  /** One element that can be focused, or text. */
  readonly children: React.ReactElement<{ readonly tabIndex?: number; readonly className?: string }>;
  /** Not a stop for the keyboard. */
  readonly inRow?: boolean;
}

/** More about what one points at or focuses. */
export function Hint({ hint, children, inRow = false }: HintProps) {
  return (
    <TooltipTrigger delay={250} closeDelay={50}>
      <Focusable excludeFromTabOrder={inRow}>
        <span className={styles.hinted} role="note" tabIndex={inRow ? -1 : 0}>
          {children}
        </span>
      </Focusable>
      <HintBubble>{hint}</HintBubble>
    </TooltipTrigger>
  );
}

/** The bubble itself, for triggers that are buttons: inside a TooltipTrigger. */
export function HintBubble({ children }: { readonly children: React.ReactNode }) {
  return (
    <Tooltip className={styles.bubble} offset={6}>
      {children}
    </Tooltip>
  );
}
