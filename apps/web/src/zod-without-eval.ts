/**
 * Zod tries whether it may compile code, which the Content-Security-Policy forbids and the browser would report. It reads
 * this before its first schema; setting it here costs no import of zod, which only screens with forms load.
 */
declare global {
  var __zod_globalConfig: { jitless?: boolean } | undefined;
}

globalThis.__zod_globalConfig = { ...globalThis.__zod_globalConfig, jitless: true };

export {};
