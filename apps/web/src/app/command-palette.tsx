import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { CalendarClock, Monitor, Moon, Plus, Search, Sun, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { Autocomplete } from 'react-aria-components/Autocomplete';
import { Dialog } from 'react-aria-components/Dialog';
import { Input } from 'react-aria-components/Input';
import { Menu, MenuItem } from 'react-aria-components/Menu';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { SearchField } from 'react-aria-components/SearchField';
import { apiQuery } from '../api/queries.js';
import { mayDo, sessionQuery } from '../api/session.js';
import { navigation } from './navigation.js';
import { chooseTheme } from './theme.js';
import styles from './command-palette.module.css';

interface Command {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly icon: LucideIcon;
  readonly run: () => void;
}

const SHOWN = 50;

/** Goes to any screen or plan by a few letters of its name. */
export default function CommandPalette({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const { data } = useQuery(apiQuery('GET /plans', { query: { limit: 500 } }));
  const { data: session } = useQuery(sessionQuery);
  const go = (to: string) => () => void navigate({ to });
  const commands: Command[] = [
    ...(session === undefined || mayDo(session, 'operate')
      ? [{ id: 'new-plan', label: 'New plan', hint: 'Do', icon: Plus, run: go('/plans/new') }]
      : []),
    ...navigation
      .flatMap(({ items }) => items)
      .filter(({ right }) => !right || session === undefined || mayDo(session, right))
      .map(({ to, label, icon }) => ({ id: to, label, icon, hint: 'Go to', run: go(to) })),
    ...(
      [
        ['light', Sun],
        ['dark', Moon],
        ['system', Monitor],
      ] as const
    ).map(([choice, icon]) => ({
      ...{ id: `theme-${choice}`, label: `Theme: ${choice}`, hint: 'Do', icon },
      run: () => chooseTheme(choice),
    })),
    ...(data?.items ?? []).map((plan) => ({
      ...{ id: plan.id, label: plan.name, hint: plan.agentId, icon: CalendarClock },
      run: () => void navigate({ to: '/plans/$planId', params: { planId: plan.id } }),
    })),
  ];
  const wanted = text.trim().toLowerCase();
  const shown = commands
    .filter(({ label, hint }) => `${label} ${hint}`.toLowerCase().includes(wanted))
    .slice(0, SHOWN);
  return (
    <ModalOverlay className={styles.overlay} isOpen isDismissable onOpenChange={onClose}>
      <Modal className={styles.modal}>
        <Dialog className={styles.dialog} aria-label="Search">
          <Autocomplete inputValue={text} onInputChange={setText}>
            <SearchField aria-label="Screens, plans and deeds" autoFocus className={styles.field}>
              <Search size={17} aria-hidden />
              <Input className={styles.input} placeholder="Go to a screen or plan, or do something" />
            </SearchField>
            <Menu
              className={styles.list}
              items={shown}
              aria-label="What fits"
              renderEmptyState={() => <p className={styles.none}>Nothing is called like that.</p>}
              onAction={(key) => {
                onClose();
                commands.find(({ id }) => id === key)?.run();
              }}
            >
              {({ id, label, hint, icon: Icon }) => (
                <MenuItem id={id} textValue={label} className={styles.item}>
                  <Icon size={16} aria-hidden />
                  <span className={styles.label}>{label}</span>
                  <span className={styles.hint}>{hint}</span>
                </MenuItem>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
