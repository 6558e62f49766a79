export { ApiClient, ApiError, ApiUnreachableError } from './api-client.js';
export { followLiveEvents } from './live-events.js';
