export { ChaosProxy, type Fault } from './chaos-proxy.js';
export { describeTree, differences, makeLargeFile, makeManyFiles, seededBytes } from './file-trees.js';
export { freePort } from './free-port.js';
export { startPostgres } from './start-postgres.js';
export { startRedis } from './start-redis.js';
export { temporaryDirectory, type TemporaryDirectory } from './temporary-directory.js';
export type { TestServer } from './test-server.js';
export { DeadlineError, until, type UntilOptions } from './until.js';
