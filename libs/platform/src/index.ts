export { ConfigError, describeConfig, env, loadConfig, type ConfigVariable } from './config.js';
export { NestLogger, createLogger, loggingModule, type Logger } from './logging.js';
export { connectRedis, redisReady, type RedisClient } from './redis.js';
export { RedisUrlError, parseRedisUrl, type RedisAddress } from './redis-url.js';
export { ChannelSubscription } from './channel-subscription.js';
export { closeWorker, consume, openQueue, writeQueueSettings } from './queues.js';
export {
  PresenceAnnouncer,
  ownPlace,
  readAgents,
  readPresence,
  sharedPlace,
  textsOf,
  type PresencePlace,
} from './presence.js';
export { loadOrCreateKeyPair, loadPublicKey } from './keys.js';
export { Counter, Gauge, Histogram, Registry, createMetrics } from './metrics.js';
export { HealthServer, notReadyReasons, type ReadinessCheck } from './health.js';
export { runService } from './run-service.js';
export { SealBrokenError, SecretBox } from './secret-box.js';
export { NoSecretsKeyError, isSealedNow, openChannel, sealChannel } from './channel-secrets.js';
export { VERSION } from './version.js';
