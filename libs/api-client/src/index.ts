export { ApiClient } from './api-client.js';
export * from './typed-entry.js';
export { followLiveEvents } from './live-events.js';
export { logInForToken } from './log-in.js';
