export {
  DirectoryChain,
  openBelow,
  openRoot,
  realPathOfOpen,
  type DirectoryRepair,
  type OpenDirectory,
} from './directory-chain.js';
export { entryOf, kindOf } from './entry-of-stats.js';
export { describeErrno, errnoOf, isGone } from './errno.js';
export { readJson, writeJson } from './json-file.js';
export { realPathOf } from './real-path.js';
export { SafeWay } from './safe-way.js';
export { isWithin, joinPath, nameOf, parentOf, showPath } from './path-bytes.js';
