export { ApiClient, ApiError } from './api-client.js';
export { followLiveEvents } from './live-events.js';
