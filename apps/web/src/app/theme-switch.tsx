import { Monitor, Moon, Sun } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { Button } from '../design/button/button.js';
import { chooseTheme, themeChoice, watchTheme, type ThemeChoice } from './theme.js';

const NEXT: Readonly<Record<ThemeChoice, ThemeChoice>> = { system: 'light', light: 'dark', dark: 'system' };
const ICONS = { system: Monitor, light: Sun, dark: Moon };
const WORDS = { system: 'like the system', light: 'light', dark: 'dark' };

/** Light, dark or like the system: one press goes on to the next. */
export function ThemeSwitch() {
  const choice = useSyncExternalStore(watchTheme, themeChoice);
  return (
    <Button
      kind="quiet"
      size="small"
      icon={ICONS[choice]}
      aria-label={`Theme: ${WORDS[choice]}. Change to ${WORDS[NEXT[choice]]}`}
      onPress={() => chooseTheme(NEXT[choice])}
    />
  );
}
