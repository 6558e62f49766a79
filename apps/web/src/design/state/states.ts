import type { HealthState, RunState } from '@periodic-backup/contracts/http';
import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleMinus,
  CirclePause,
  CircleX,
  ClockAlert,
  Hourglass,
  LoaderCircle,
  ShieldCheck,
  ShieldQuestionMark,
  TimerOff,
  Wifi,
  WifiOff,
  type LucideIcon,
} from 'lucide-react';

/** What a state means for somebody who only glances. */
export type Tone = 'ok' | 'warn' | 'bad' | 'run' | 'idle';

/** How a state is shown: never by colour alone. */
export interface StateLook {
  readonly tone: Tone;
  readonly word: string;
  readonly icon: LucideIcon;
}

export const runLooks: Readonly<Record<RunState, StateLook>> = {
  waiting: { tone: 'idle', word: 'Waiting', icon: Hourglass },
  queued: { tone: 'idle', word: 'Queued', icon: CircleDashed },
  running: { tone: 'run', word: 'Running', icon: LoaderCircle },
  committed: { tone: 'ok', word: 'Committed', icon: CircleCheck },
  partial: { tone: 'warn', word: 'Partial', icon: CircleAlert },
  failed: { tone: 'bad', word: 'Failed', icon: CircleX },
  cancelled: { tone: 'idle', word: 'Cancelled', icon: Ban },
  missed: { tone: 'bad', word: 'Missed', icon: TimerOff },
};

export const healthLooks: Readonly<Record<HealthState, StateLook>> = {
  healthy: { tone: 'ok', word: 'Healthy', icon: ShieldCheck },
  'running-late': { tone: 'warn', word: 'Running late', icon: ClockAlert },
  failing: { tone: 'bad', word: 'Failing', icon: CircleX },
  unverified: { tone: 'warn', word: 'Unverified', icon: ShieldQuestionMark },
  'never-run': { tone: 'idle', word: 'Never run', icon: CircleDashed },
  paused: { tone: 'idle', word: 'Paused', icon: CirclePause },
};

export const presenceLooks = {
  online: { tone: 'ok', word: 'Online', icon: Wifi },
  offline: { tone: 'bad', word: 'Offline', icon: WifiOff },
  draining: { tone: 'warn', word: 'Draining', icon: CircleMinus },
} as const satisfies Readonly<Record<string, StateLook>>;
