import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const specGlobals = new URL('spec-globals.mjs', import.meta.url).href;
/** Of every module loaded so far. */
const sourceMaps = new Map();
/** What Jest asks when it prints stack traces of the spec file that runs now. */
let mapsOfJest = sourceMaps;

/** From now on stack traces that are printed with the help of `maps` name lines of the sources. */
export function fillSourceMaps(maps) {
  for (const [url, map] of sourceMaps) maps.set(url, map);
  mapsOfJest = maps;
}

const swc = {
  swcrc: false,
  configFile: false,
  module: { type: 'es6' },
  sourceMaps: true,
  jsc: {
    target: 'es2023',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
};

/** Hooks of Node's module loader: our projects are loaded from their sources, found and read as the compiler does. */
export const sourceModules = {
  resolve(specifier, context, next) {
    if (specifier === '@jest/globals') return next(specGlobals, context);
    const conditions = [...context.conditions, '@periodic-backup/source'];
    return next(sourceOf(specifier, context.parentURL) ?? specifier, { ...context, conditions });
  },
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const path = fileURLToPath(url);
    const { code, map } = transformSync(readFileSync(path, 'utf8'), { ...swc, filename: path });
    const mapUrl = `data:application/json;base64,${Buffer.from(map).toString('base64')}`;
    sourceMaps.set(url, mapUrl);
    mapsOfJest.set(url, mapUrl);
    return { format: 'module', source: code, shortCircuit: true };
  },
};

/** TypeScript imports a file by the name it will have once compiled. */
function sourceOf(specifier, parent) {
  if (!parent?.endsWith('.ts') || !/^\.{1,2}\/.*\.js$/.test(specifier)) return null;
  const source = new URL(specifier.replace(/\.js$/, '.ts'), parent);
  return existsSync(source) ? source.href : null;
}
