import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components/Button';
import type { LucideIcon } from 'lucide-react';
import { buttonClass, type ButtonLook } from './button-look.js';
import { Spinner } from '../feedback/spinner.js';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'>, ButtonLook {
  readonly children?: React.ReactNode;
  readonly icon?: LucideIcon;
  /** It works: shows so, and cannot be pressed again meanwhile. */
  readonly pending?: boolean;
}

/** A thing to press. Without words it needs an `aria-label`. */
export function Button({ children, icon: Icon, kind, size, pending = false, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} isPending={pending} className={buttonClass({ kind, size }, children === undefined)}>
      {pending ? <Spinner /> : Icon && <Icon size={16} aria-hidden />}
      {children}
    </AriaButton>
  );
}
