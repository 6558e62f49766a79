import type { AlertKind } from '@periodic-backup/contracts';

interface KindWords {
  /** After the subject's name. */
  readonly isWrong: string;
  /** After a number. */
  readonly areWrong: string;
  readonly isGoodAgain: string;
}

/** How each kind of alert is called. */
export const KIND_WORDS: Readonly<Record<AlertKind, KindWords>> = {
  'plan-health': {
    isWrong: 'is not well',
    areWrong: 'plans are not well',
    isGoodAgain: 'is well again',
  },
  'run-failed': { isWrong: 'is failing', areWrong: 'plans are failing', isGoodAgain: 'works again' },
  'run-partial': {
    isWrong: 'is leaving files out',
    areWrong: 'plans are leaving files out',
    isGoodAgain: 'leaves nothing out any more',
  },
  'run-missed': {
    isWrong: 'missed its run',
    areWrong: 'plans missed their run',
    isGoodAgain: 'runs again',
  },
  'snapshot-shrank': {
    isWrong: 'shrank far below its usual size',
    areWrong: 'plans shrank far below their usual size',
    isGoodAgain: 'is of its usual size again; look at the smaller snapshot all the same',
  },
  'snapshot-grew': {
    isWrong: 'grew far beyond its usual size',
    areWrong: 'plans grew far beyond their usual size',
    isGoodAgain: 'is of its usual size again',
  },
  'snapshot-changed': {
    isWrong: 'changed far more than usual',
    areWrong: 'plans changed far more than usual',
    isGoodAgain: 'changes as usual again; look at the files that changed all the same',
  },
  'verification-failed': {
    isWrong: 'has damaged snapshots',
    areWrong: 'plans have damaged snapshots',
    isGoodAgain: 'has no damaged snapshot any more',
  },
  'vault-space-low': {
    isWrong: 'is low on space',
    areWrong: 'vaults are low on space',
    isGoodAgain: 'has room again',
  },
  'agent-silent': {
    isWrong: 'is silent',
    areWrong: 'agents are silent',
    isGoodAgain: 'is back',
  },
  'receiver-gone': {
    isWrong: 'has no receiver',
    areWrong: 'vaults have no receiver',
    isGoodAgain: 'has a receiver again',
  },
};
