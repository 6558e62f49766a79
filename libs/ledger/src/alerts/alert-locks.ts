/** Namespace of the advisory locks of alerts, so that they meet no other lock of this database. */
export const ALERT_LOCKS = 0x616c;
export const ROUND_LOCK = 1;
export const CLAIM_LOCK = 2;
