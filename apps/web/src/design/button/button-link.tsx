import { createLink, type LinkComponent } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';
import { buttonClass, type ButtonLook } from './button-look.js';

interface ButtonAnchorProps extends Omit<React.ComponentPropsWithRef<'a'>, 'className'>, ButtonLook {
  readonly icon?: LucideIcon;
}

function ButtonAnchor({ icon: Icon, kind, size, children, ...rest }: ButtonAnchorProps) {
  return (
    <a {...rest} className={buttonClass({ kind, size }, children === undefined)}>
      {Icon && <Icon size={16} aria-hidden />}
      {children}
    </a>
  );
}

/** A link to a screen that looks like a button: for deeds that begin on a screen of their own. */
export const ButtonLink: LinkComponent<typeof ButtonAnchor> = createLink(ButtonAnchor);
