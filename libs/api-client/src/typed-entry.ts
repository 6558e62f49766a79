/** What a browser needs. Entry `@periodic-backup/api-client/http`. */
export { ApiError, ApiUnreachableError } from './api-errors.js';
export {
  typedApi,
  urlOf,
  type AnswerOf,
  type AnyRoute,
  type Arguments,
  type CallOptions,
  type JsonRoute,
  type ReadRoute,
  type RequestOf,
  type TypedApi,
} from './typed-api.js';
