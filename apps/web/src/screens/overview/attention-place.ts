import type { Attention } from '@periodic-backup/contracts/http';
import type { LinkProps } from '@tanstack/react-router';
import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { StateLook } from '../../design/state/states.js';

/** Of what no plan's health stands for. */
export const attentionLooks: Readonly<Record<Attention['severity'], StateLook>> = {
  critical: { tone: 'bad', word: 'Critical', icon: CircleAlert },
  warning: { tone: 'warn', word: 'Warning', icon: TriangleAlert },
};

/** The screen of what it is about. */
export function placeOf({ about, subject }: Attention): LinkProps {
  switch (about) {
    case 'plan':
      return { to: '/plans/$planId', params: { planId: subject } };
    case 'agent':
      return { to: '/agents', search: { agent: subject } };
    case 'receiver':
      return { to: '/receivers' };
    case 'vault':
      return { to: '/vaults' };
    case 'scheduler':
      return { to: '/settings' };
  }
}
