import { Switch as AriaSwitch, type SwitchProps as AriaProps } from 'react-aria-components/Switch';
import styles from './switch.module.css';

/** On or off, at once. */
export function Switch({
  children,
  ...rest
}: Omit<AriaProps, 'className' | 'style' | 'children'> & { readonly children?: React.ReactNode }) {
  return (
    <AriaSwitch {...rest} className={styles.switch}>
      <span className={styles.track} aria-hidden>
        <span className={styles.thumb} />
      </span>
      {children}
    </AriaSwitch>
  );
}
