export { openLedger, type Ledger, type LedgerConnection, type OpenLedgerOptions } from './open-ledger.js';
export {
  CursorError,
  LedgerUnreachableError,
  PlanNameTakenError,
  ledgerIsAway,
  violatesUnique,
} from './ledger-errors.js';
