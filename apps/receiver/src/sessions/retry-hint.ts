/** Whoever is refused for the moment may come again after this. */
export const RETRY_AFTER_MS = 2_000;
